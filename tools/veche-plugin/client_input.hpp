// SPDX-License-Identifier: Apache-2.0
// What clients and backends may send to a plugin, made up: participants that join, and messages.
#pragma once

#include <veche/client_messages.h>

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/admission_adapter.hpp"
#include "plugin/client_messages_adapter.hpp"
#include "plugin/plugin_instance.hpp"
#include "room/types.hpp"

namespace veche::tool {

/// Somebody who is about to join.
struct Guest {
  std::string room, participant;
  uint32_t participant_count = 0;
  room::ParticipantSettings settings;

  /// May it?
  Status ask(plugin::AdmissionAdapter& door) const {
    room::ParticipantSettings given = settings;
    return door.admit(room, participant_count, participant, given);
  }
};

/// Ordinary ones, and ones with everything that the API accepts and a plugin may stumble over.
std::vector<Guest> make_guests();

/// JSON texts: some fit the schema, which may be null, and some are hostile. The first one fits if
/// one that does is found.
std::vector<std::string> make_messages(const char* schema);

/// The table's, which is a constant.
const char* message_schema(const plugin::Candidate& candidate);

/// A guest and a message, if the plugin takes such.
void use_once(plugin::PluginInstance& instance);

}  // namespace veche::tool
