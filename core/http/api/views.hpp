// SPDX-License-Identifier: Apache-2.0
// Rooms, participants and plugins as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/rfc3339.hpp"
#include "glib/fields.hpp"
#include "http/api/ice_servers.hpp"
#include "http/protocol/conditional.hpp"
#include "http/protocol/problem.hpp"
#include "plugin/host.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::http {

/// Limits, use, and how many more participants the server can carry.
std::string capacity_json(const room::Server& rooms);
void write_room(glib::JsonWriter& json, const room::Room& room);
void write_participant(glib::JsonWriter& json, const room::Participant& participant);
std::string room_json(const room::Room& room);
std::string participant_json(const room::Participant& participant);
/// The fields of a participant that a patch can change.
std::string patchable_json(const room::Participant& participant);
/// Of the current session.
std::string statistics_json(const room::Participant& participant);
/// The sum over all connected sessions; of round trips and jitters the largest.
std::string statistics_json(const room::Room& room);
void write_slot(glib::JsonWriter& json, const room::SlotView& slot);
void write_plugin(glib::JsonWriter& json, const plugin::PluginInfo& plugin);

/// The schemas of what these write, for the API's document.
std::string capacity_schema();
std::string room_schema();
std::string participant_schema();
std::string participant_statistics_schema();
std::string room_statistics_schema();
std::string plugin_schema();
const glib::Fields<media::SessionStatistics>& join_phase_fields();
inline constexpr char kJoinPhases[] =
    "Of the current session; 0: not yet. negotiation: from the offer to the answer, of which wait "
    "was for a worker; connect: from the answer to the verified connection, of which ice passed "
    "until ICE was connected; first_packet_in: from there to the client's first packet; "
    "first_audio: from the offer to the first packet for the client, if another participant was "
    "already talking.";
inline constexpr char kSessionStates[] = R"("enum": ["connecting", "connected", "ended"])";

EntityTag tag_of(const room::Room& room, const std::string& json);
EntityTag tag_of(const room::Participant& participant, const std::string& json);

}  // namespace veche::http
