// SPDX-License-Identifier: Apache-2.0
// Plans each room.
#include "rooms.hpp"

namespace veche::load {

Rooms::Rooms(uint32_t rooms, const SchedulePlan& plan) : talkers_(plan.talkers) {
  for (uint32_t room = 0; room < rooms; ++room) {
    SchedulePlan own = plan;
    own.participants = plan.participants / rooms + (room < plan.participants % rooms ? 1 : 0);
    own.seed = plan.seed + room;
    std::vector<Turn> turns = make_turns(own);
    for (Turn& turn : turns) turn.talker = turn.talker * rooms + room;
    turns_.push_back(std::move(turns));
  }
}

std::string Rooms::name(const std::string& name, uint32_t room) const {
  return count() == 1 ? name : name + "-" + std::to_string(room);
}

}  // namespace veche::load
