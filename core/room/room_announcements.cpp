// SPDX-License-Identifier: Apache-2.0
// What a backend tells the clients of a room, and a plugin one of them.
#include <cassert>
#include <set>

#include "base/thread_role.hpp"
#include "room/room.hpp"

namespace veche::room {

AnnouncementOutcome Room::send_announcement(
    const std::string& json, const std::optional<std::vector<std::string>>& participants) {
  assert(is_on_control());
  AnnouncementOutcome outcome;
  if (!participants) {
    outcome.clients = audience_.tell_announcement(json, nullptr);
    return outcome;
  }
  std::set<std::string> present;
  for (const std::string& name : *participants) {
    if (find(name)) {
      present.insert(name);
    } else {
      outcome.absent.push_back(name);
    }
  }
  outcome.clients = audience_.tell_announcement(json, &present);
  return outcome;
}

size_t Room::send_message(const std::string& participant, const std::string& plugin,
                          const std::string& json) {
  assert(is_on_control());
  return audience_.tell_message(participant, plugin, json);
}

}  // namespace veche::room
