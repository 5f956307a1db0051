// SPDX-License-Identifier: Apache-2.0
// The newest committed events, in memory: consumers that keep up need no disk. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "events/page.hpp"

namespace veche::events {

class Tail {
 public:
  static constexpr size_t kMaxEvents = 1000;
  static constexpr size_t kMaxBytes = size_t{1024} * 1024;

  /// `newest`: the last id before those that it will be told of.
  explicit Tail(uint64_t newest) : floor_(newest), newest_(newest) {}

  /// By id, newer than all before.
  void add(const std::vector<Event>& events);
  /// Has it every event after that one?
  bool covers(uint64_t after) const { return after >= floor_ && after <= newest_; }
  /// Of a query that it covers. `oldest`: the log's.
  Page read(const Query& query, uint64_t oldest) const;
  uint64_t newest() const { return newest_; }

 private:
  uint64_t floor_;  ///< It has every event that is newer.
  uint64_t newest_;
  size_t bytes_ = 0;
  std::deque<Event> events_;
};

}  // namespace veche::events
