// SPDX-License-Identifier: Apache-2.0
// Which participant is in which room, and what is planned there. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schedule.hpp"

namespace veche::load {

/// Participants are dealt out to the rooms like cards, so the first ones of each room are the first
/// ones of all.
class Rooms {
 public:
  /// At least one room. `plan` is that of one room, whose participants are all there are.
  Rooms(uint32_t rooms, const SchedulePlan& plan);

  uint32_t count() const { return static_cast<uint32_t>(turns_.size()); }
  uint32_t room_of(uint32_t participant) const { return participant % count(); }
  /// As many as may talk at once in all rooms together; with Pattern::Fixed they are the first
  /// ones.
  uint32_t talkers() const { return talkers_ * count(); }
  /// Of one room. Talkers have their numbers among all participants.
  const std::vector<Turn>& turns(uint32_t room) const { return turns_[room]; }
  /// The only room has the name itself, and several have a number behind it.
  std::string name(const std::string& name, uint32_t room) const;

 private:
  uint32_t talkers_;
  std::vector<std::vector<Turn>> turns_;
};

}  // namespace veche::load
