// SPDX-License-Identifier: Apache-2.0
// The index from names of participants to rooms.
#include "room/places.hpp"

namespace veche::room {

void Places::add(const std::string& participant, const std::string& room, Room& in) {
  by_participant_[participant].insert_or_assign(room, &in);
}

void Places::remove(const std::string& participant, const std::string& room) {
  const auto found = by_participant_.find(participant);
  if (found == by_participant_.end()) return;
  found->second.erase(room);
  if (found->second.empty()) by_participant_.erase(found);
}

const Places::Rooms& Places::of(const std::string& participant) const {
  static const Rooms none;
  const auto found = by_participant_.find(participant);
  return found == by_participant_.end() ? none : found->second;
}

}  // namespace veche::room
