// SPDX-License-Identifier: Apache-2.0
// Remembers rooms that closed recently, for events that arrive late. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace veche::room {

class ClosedRooms {
 public:
  static constexpr int64_t kRememberedNs = 60 * kNsPerS;
  /// When more rooms close within that time, the oldest are evicted.
  static constexpr size_t kMax = 1000;

  void add(const std::string& room, uint64_t last_seq, int64_t now_ns);
  /// There is a room of that name again.
  void forget(const std::string& room);
  /// The sequence number of one more event of that room; nothing if it is not remembered.
  std::optional<uint64_t> next_seq(const std::string& room, int64_t now_ns);

 private:
  struct Closed {
    std::string room;
    uint64_t last_seq;
    int64_t closed_ns;
  };
  std::deque<Closed> rooms_;  ///< Each name once, in the order of their ends.
};

}  // namespace veche::room
