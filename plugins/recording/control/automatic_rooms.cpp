// SPDX-License-Identifier: Apache-2.0
// Remembers for each room its policy, a pause, and a recording on its way.
#include "recording/control/automatic_rooms.hpp"

#include <utility>

namespace veche::recording {

AutomaticRooms::Room* AutomaticRooms::find(const std::string& room) {
  const auto found = rooms_.find(room);
  return found != rooms_.end() ? &found->second : nullptr;
}

void AutomaticRooms::set(const std::string& room, RoomRecording settings) {
  Room& changed = rooms_[room];
  changed.settings = std::move(settings);
  changed.paused = false;
}

void AutomaticRooms::pause(const std::string& room) {
  if (Room* found = find(room)) found->paused = true;
}

void AutomaticRooms::resume(const std::string& room) {
  if (Room* found = find(room)) found->paused = false;
}

void AutomaticRooms::set_beginning(const std::string& room, bool beginning) {
  if (Room* found = find(room)) found->beginning = beginning;
}

const Plan* AutomaticRooms::wanted(const std::string& room) const {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return nullptr;
  const auto& [settings, paused, beginning] = found->second;
  return settings.automatic && !paused && !beginning ? &settings.plan : nullptr;
}

}  // namespace veche::recording
