// SPDX-License-Identifier: Apache-2.0
// JSON other than the manifest, and ids.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// The most that an event of the host carries (veche_rooms.emit).
inline constexpr size_t kMaxEventBytes = size_t{256} * 1024 - 1;

/// Unique, and in the order of time: "20261122-185530-k3m9x7".
std::string make_id(int64_t unix_ms);
/// The notice for clients of a room: `{"active": true, "recordings": [...]}`, or "" for none.
std::string notice_json(const std::vector<std::shared_ptr<const Manifest>>& in_progress);
/// Summaries, and the id after which the next page begins ("": there is none).
std::string list_json(const std::vector<Manifest>& page, const std::string& next);
/// The type of one of its files, the manifest included; nothing if it has no such file.
std::optional<std::string> content_type_of(const Manifest& manifest, const std::string& file);
/// The "muted" of an event's data.
bool is_muted(std::string_view event_data);
/// How a room that closes ends its recordings: "room-closed", or "shutdown" if the server stops.
const char* ending_of(std::string_view room_closed_data);

}  // namespace veche::recording
