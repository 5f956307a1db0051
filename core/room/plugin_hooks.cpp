// SPDX-License-Identifier: Apache-2.0
// Finds the plugins that decide.
#include "room/plugin_hooks.hpp"

#include <algorithm>

namespace veche::room {

Status PluginHooks::take_message(const std::string& plugin, const Room& room,
                                 const Participant& sender, const std::string& json) const {
  const auto found =
      std::find_if(listeners_.begin(), listeners_.end(),
                   [&](const ClientMessages* each) { return each->name() == plugin; });
  if (found == listeners_.end()) {
    return not_found("No plugin \"" + plugin + "\" that takes messages of clients runs here.");
  }
  return (*found)->take_message(room, sender, json);
}

Status PluginHooks::admit(const Room& room, const std::string& participant,
                          ParticipantSettings& settings) const {
  for (Doorkeeper* doorkeeper : std::vector(doorkeepers_)) {
    if (Status admitted = doorkeeper->admit(room, participant, settings); !admitted) {
      return admitted;
    }
  }
  return Ok{};
}

}  // namespace veche::room
