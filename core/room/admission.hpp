// SPDX-License-Identifier: Apache-2.0
// Collects what capacity depends on: the system's readings, what was promised since, the lanes'
// load.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "media/engine.hpp"
#include "room/capacity.hpp"
#include "room/lane_load.hpp"

namespace veche::room {

/// [control] all of it.
class Admission {
 public:
  using ReadSystem = std::function<SystemReading()>;

  /// The engine outlives it.
  explicit Admission(const media::Engine& engine) : engine_(engine) {}

  /// The function that reads the system. Without one only the configuration and the lanes set
  /// bounds.
  void use_system(ReadSystem read) { read_system_ = std::move(read); }
  /// The function that counts descriptors which are given up as soon as others need them, and so
  /// bound nothing. Null: there are none.
  void use_spare_descriptors(std::function<int64_t()> count) {
    spare_descriptors_ = std::move(count);
  }
  void tick(int64_t now_ns);
  /// A session begins, and will use its share.
  void promise(media::PathKind path);
  /// `carried` has what the rooms know. Reads the system once for each `now_ns`.
  CapacityReport report(media::PathKind path, Carried carried, int64_t now_ns);
  /// Descriptors of sessions that have not opened them yet.
  int64_t promised_descriptors(int64_t now_ns);

 private:
  void read(int64_t now_ns);
  media::SessionsInMaking promised() const;
  int64_t promised_of(media::SessionShare media::SessionCost::*share) const;

  const media::Engine& engine_;
  ReadSystem read_system_;
  std::function<int64_t()> spare_descriptors_;
  LaneLoad lanes_;
  std::optional<int64_t> read_at_ns_;
  SystemReading system_;
  /// Sessions in the making at the reading, and those that began since. Some of the former already
  /// hold a part of their share, which then counts twice for a moment.
  media::SessionsInMaking at_reading_, since_;
};

}  // namespace veche::room
