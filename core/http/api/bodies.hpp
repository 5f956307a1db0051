// SPDX-License-Identifier: Apache-2.0
// What clients send in bodies and messages, checked against schemas and read into values. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "events/webhooks/webhook.hpp"
#include "glib/checked_json.hpp"
#include "room/types.hpp"

namespace veche::http {

using glib::Checked;

/// The whole policy; what the body leaves out gets its default.
Checked<room::RoomPolicy> read_room(const std::string& body, uint32_t default_empty_timeout_s);

/// RFC 7396 applied to the current policy; null resets a field to its default.
Checked<room::RoomPatch> read_room_patch(const std::string& body, const room::RoomPolicy& current,
                                         uint32_t default_empty_timeout_s);

struct PluginPatch {
  std::optional<bool> enabled;
};
Checked<PluginPatch> read_plugin_patch(const std::string& body);

/// `deadline_s` of a drain; an empty body is an empty object.
Checked<uint32_t> read_drain(const std::string& body, uint32_t default_deadline_s);

/// `seconds` for which packet headers are kept; an empty body is an empty object.
Checked<uint32_t> read_headers(const std::string& body);

struct Invitation {
  std::string participant;  ///< Empty: the server makes a name.
  room::ParticipantPatch given;
  int64_t token_ttl_s = 0;
  bool create_room = false;
};
/// The settings of the participant of that name, which an invitation changes like a merge patch.
using SettingsOf = std::function<room::ParticipantSettings(const std::string& participant)>;
/// An empty body is an empty object.
Checked<Invitation> read_invitation(const std::string& body, const SettingsOf& settings_of);

/// `current` is the JSON object of the fields that can be patched: patchable_json() in views.hpp.
Checked<room::ParticipantPatch> read_participant_patch(const std::string& body,
                                                       const std::string& current);

/// `name`, `url` and `secrets` are required. What only the webhooks can check is not checked.
Checked<events::Webhook> read_webhook(const std::string& body);
/// RFC 7396 applied to the current webhook.
Checked<events::Webhook> read_webhook_patch(const std::string& body,
                                            const events::Webhook& current);

std::string webhook_body_schema();
std::string replay_body_schema();
/// `after`: the id of an event.
Checked<int64_t> read_replay(const std::string& body);
/// The schemas of these bodies, for the API's document.
std::string room_body_schema();
std::string plugin_body_schema();
std::string drain_body_schema();
std::string headers_body_schema();
std::string invitation_body_schema();
std::string participant_body_schema();

/// A message of a client on its WebSocket.
struct ClientCommand {
  int64_t id = 0;
  std::string type;              ///< "mute", "pin", "block" or "plugin"
  room::ParticipantPatch patch;  ///< Of the first three.
  std::string plugin;            ///< Of "plugin": to whom.
  std::string message;           ///< What: a JSON object.
};
Checked<ClientCommand> read_client_command(const std::string& message);

}  // namespace veche::http
