// SPDX-License-Identifier: Apache-2.0
// Rooms, participants and plugins as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/rfc3339.hpp"
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
void write_join_phases(glib::JsonWriter& json, const media::SessionStatistics& statistics);
void write_slot(glib::JsonWriter& json, const room::SlotView& slot);
void write_plugin(glib::JsonWriter& json, const plugin::PluginInfo& plugin);
void write_ice_servers(glib::JsonWriter& json, const std::vector<IceServerView>& servers);

EntityTag tag_of(const room::Room& room, const std::string& json);
EntityTag tag_of(const room::Participant& participant, const std::string& json);

}  // namespace veche::http
