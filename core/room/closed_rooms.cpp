// SPDX-License-Identifier: Apache-2.0
// Keeps names and sequence numbers, not rooms.
#include "room/closed_rooms.hpp"

#include <algorithm>

namespace veche::room {

void ClosedRooms::add(const std::string& room, const std::string& incarnation, uint64_t last_seq,
                      int64_t now_ns) {
  rooms_.push_back({room, incarnation, last_seq, now_ns});
  if (rooms_.size() > kMax) rooms_.pop_front();
}

void ClosedRooms::forget(const std::string& room) {
  std::erase_if(rooms_, [&](const Closed& closed) { return closed.room == room; });
}

std::optional<ClosedRooms::Next> ClosedRooms::next(const std::string& room, int64_t now_ns) {
  while (!rooms_.empty() && now_ns - rooms_.front().closed_ns > kRememberedNs) rooms_.pop_front();
  const auto found = std::find_if(rooms_.begin(), rooms_.end(),
                                  [&](const Closed& closed) { return closed.room == room; });
  if (found == rooms_.end()) return std::nullopt;
  return Next{found->incarnation, ++found->last_seq};
}

}  // namespace veche::room
