// SPDX-License-Identifier: Apache-2.0
// Distributes participants to rooms, and plans each room. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schedule.hpp"

namespace veche::load {

/// Participants are dealt to the rooms in turn, so the first of each room are the first of all.
class Rooms {
 public:
  /// At least one room. `plan` is for one room that holds all participants.
  Rooms(uint32_t rooms, const SchedulePlan& plan);

  uint32_t count() const { return static_cast<uint32_t>(turns_.size()); }
  uint32_t room_of(uint32_t participant) const { return participant % count(); }
  /// The maximum number of simultaneous talkers in all rooms together; with Pattern::Fixed these
  /// are the first participants.
  uint32_t talkers() const { return talkers_ * count(); }
  /// For one room. Talkers have their numbers among all participants.
  const std::vector<Turn>& turns(uint32_t room) const { return turns_[room]; }
  /// A single room has the name itself; several have a number appended.
  std::string name(const std::string& name, uint32_t room) const;

 private:
  uint32_t talkers_;
  std::vector<std::vector<Turn>> turns_;
};

}  // namespace veche::load
