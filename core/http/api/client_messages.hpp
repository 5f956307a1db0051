// SPDX-License-Identifier: Apache-2.0
// The messages of the client WebSocket as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "glib/json.hpp"
#include "http/protocol/problem.hpp"
#include "room/client_feed.hpp"
#include "room/participant.hpp"

namespace veche::http {

/// What a message says about itself.
struct MessageHead {
  std::string_view type;
  uint64_t seq = 0;           ///< Counts up from 1 without gaps within the stream.
  std::string_view time;      ///< RFC 3339, UTC.
  std::string_view stream;    ///< Where the stream begins or goes on; else empty.
  std::optional<int64_t> id;  ///< Of the command that it answers.
};

/// The whole message. `data` is JSON; empty: the message has none.
std::string client_message(const MessageHead& head, std::string_view data);

// The data of each type.
std::string snapshot_data(const room::Snapshot& snapshot);
std::string resumed_data(const room::Resumption& resumption);
/// Made once for all clients that are told the same.
const std::string& roster_data(const room::RosterChange& change);
std::string slots_data(const std::vector<room::SlotView>& slots);
std::string speakers_data(const room::Speakers& speakers);
std::string hint_data(const room::PublishHint& hint);
std::string notice_data(const room::PluginNotices& changed);
std::string plugin_data(const std::string& plugin, const std::string& json);
/// Without a deadline: the drain was taken back.
std::string draining_data(std::optional<int64_t> deadline_unix_ms);
/// `detail` may be empty.
std::string closing_data(const char* reason, const std::string& detail = {});
/// The answer to a mute: whether others may hear the participant now, and if not, why.
std::string mute_data(const room::Participant& participant);

/// One entry of the roster, as in these messages.
void write_entry(glib::JsonWriter& json, const room::RosterEntry& entry);
std::string entry_schema();

}  // namespace veche::http
