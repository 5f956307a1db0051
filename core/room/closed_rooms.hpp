// SPDX-License-Identifier: Apache-2.0
// The rooms that closed a short time ago, for events that come late. Pure.
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
  /// The oldest go first when more close within that time.
  static constexpr size_t kMax = 1000;

  void add(const std::string& room, uint64_t last_seq, int64_t now_ns);
  /// There is a room of that name again.
  void forget(const std::string& room);
  /// The number of one more event of that room; nothing if it is not remembered.
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
