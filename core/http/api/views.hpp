// SPDX-License-Identifier: Apache-2.0
// Rooms, participants, plugins and messages to clients as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/rfc3339.hpp"
#include "http/api/ice_servers.hpp"
#include "http/protocol/conditional.hpp"
#include "http/protocol/problem.hpp"
#include "plugin/host.hpp"
#include "room/client_feed.hpp"
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

/// Messages of the client WebSocket.
std::string snapshot_message(const room::Snapshot& snapshot);
/// Made once for all clients that are told the same.
const std::string& roster_message(const room::RosterChange& change);
std::string slots_message(const std::vector<room::SlotView>& slots);
std::string speakers_message(const room::Speakers& speakers);
std::string hint_message(const room::PublishHint& hint);
std::string notice_message(const room::PluginNotices& changed);
/// Without a deadline: the drain was taken back.
std::string draining_message(std::optional<int64_t> deadline_unix_ms);
/// `detail` may be empty.
std::string closing_message(room::EndReason reason, const std::string& detail);
/// For an end of the credential alone.
std::string closing_message(const char* reason, const std::string& detail = {});
std::string ok_message(int64_t id);
/// The answer to a mute: whether others may hear the participant now, and if not, why.
std::string mute_message(int64_t id, const room::Participant& participant);
std::string problem_message(int64_t id, const Problem& problem);

}  // namespace veche::http
