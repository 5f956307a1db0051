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

  /// Where one more event of a closed room belongs.
  struct Next {
    std::string incarnation;
    uint64_t seq = 0;
  };

  void add(const std::string& room, const std::string& incarnation, uint64_t last_seq,
           int64_t now_ns);
  /// There is a room of that name again.
  void forget(const std::string& room);
  /// Numbers one more event of that room; nothing if it is not remembered.
  std::optional<Next> next(const std::string& room, int64_t now_ns);

 private:
  struct Closed {
    std::string room;
    std::string incarnation;
    uint64_t last_seq;
    int64_t closed_ns;
  };
  std::deque<Closed> rooms_;  ///< Each name once, in the order of their ends.
};

}  // namespace veche::room
