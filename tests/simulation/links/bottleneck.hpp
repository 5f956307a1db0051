// SPDX-License-Identifier: Apache-2.0
// The narrow place of a path, in virtual time: a queue behind a rate, or a policer.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "packet.hpp"

namespace veche::simulation {

struct BottleneckModel {
  enum class Discipline {
    DropTail = 1,
    CoDel,    ///< RFC 8289, with its default target and interval.
    Policer,  ///< A bucket of tokens: no queue, what does not fit is dropped.
  };
  Discipline discipline = Discipline::DropTail;
  std::vector<RateStep> rates;  ///< In order; the first holds from the start.
  int64_t queue_ms = 300;       ///< Of the first rate: the room of the queue or of the bucket.
};

class Bottleneck {
 public:
  using Leave = std::function<void(const Packet&, int64_t at_us)>;
  using Drop = std::function<void(const Packet&, int64_t at_us)>;

  Bottleneck(BottleneckModel model, Leave leave, Drop drop);
  void send(const Packet& packet, int64_t now_us);
  /// Serves what is served by then.
  void advance(int64_t now_us);
  double bps_at(int64_t time_us) const;

 private:
  struct Waiting {
    Packet packet;
    int64_t since_us = 0;
  };
  void police(const Packet& packet, int64_t now_us);
  /// The next packet for the wire, after CoDel's drops.
  std::optional<Packet> take(int64_t now_us);
  bool must_drop(const Waiting& head, int64_t now_us);
  int64_t next_change_us(int64_t time_us) const;

  BottleneckModel model_;
  Leave leave_;
  Drop drop_;
  std::deque<Waiting> queue_;
  size_t queued_ = 0;  ///< Bytes.
  size_t room_;
  std::optional<Packet> on_wire_;
  double bits_left_ = 0;  ///< Of it.
  int64_t now_us_ = 0;
  double tokens_;  ///< Bytes.
  // CoDel.
  int64_t first_above_us_ = 0, drop_next_us_ = 0;
  uint32_t drops_ = 0, last_drops_ = 0;
  bool dropping_ = false;
};

}  // namespace veche::simulation
