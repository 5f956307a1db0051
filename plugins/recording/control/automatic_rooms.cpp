// SPDX-License-Identifier: Apache-2.0
// Remembers for each room its policy, a pause, a recording on its way, and the next try.
#include "recording/control/automatic_rooms.hpp"

#include <algorithm>
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
  changed.refusals = 0;
  changed.retry_ms.reset();
}

void AutomaticRooms::pause(const std::string& room) {
  if (Room* found = find(room)) found->paused = true;
}

void AutomaticRooms::resume(const std::string& room) {
  if (Room* found = find(room)) found->paused = false;
}

void AutomaticRooms::set_beginning(const std::string& room) {
  if (Room* found = find(room)) found->beginning = true;
}

void AutomaticRooms::has_begun(const std::string& room) {
  Room* found = find(room);
  if (!found) return;
  found->beginning = false;
  found->refusals = 0;
}

unsigned AutomaticRooms::refuse(const std::string& room, int64_t now_ms) {
  Room* found = find(room);
  if (!found) return 1;
  found->beginning = false;
  constexpr unsigned kMostDoubled = 10;
  const int64_t pause_ms = kFirstRetryMs << std::min(found->refusals, kMostDoubled);
  found->retry_ms = now_ms + std::min(pause_ms, kLastRetryMs);
  return ++found->refusals;
}

bool AutomaticRooms::was_refused(const std::string& room) const {
  const auto found = rooms_.find(room);
  return found != rooms_.end() && found->second.refusals > 0;
}

std::vector<std::string> AutomaticRooms::take_due(int64_t now_ms) {
  std::vector<std::string> due;
  for (auto& [name, room] : rooms_) {
    if (!room.retry_ms || now_ms < *room.retry_ms) continue;
    room.retry_ms.reset();
    due.push_back(name);
  }
  return due;
}

const Plan* AutomaticRooms::wanted(const std::string& room) const {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return nullptr;
  const Room& each = found->second;
  const bool waits = each.paused || each.beginning || each.retry_ms;
  return each.settings.automatic && !waits ? &each.settings.plan : nullptr;
}

}  // namespace veche::recording
