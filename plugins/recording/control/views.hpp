// SPDX-License-Identifier: Apache-2.0
// What is said in JSON beside the manifest, and ids.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// What an event of the host may carry (veche_rooms.emit).
inline constexpr size_t kMaxEventBytes = size_t{256} * 1024 - 1;

/// Unique, and in the order of time: "20261122-185530-k3m9x7".
std::string make_id(int64_t unix_ms);
/// What clients are told of a room: `{"active": true, "recordings": [...]}`, or "" for nothing.
std::string notice_json(const std::vector<std::shared_ptr<const Manifest>>& in_progress);
/// Summaries, and the id after which the next page begins ("": there is none).
std::string list_json(const std::vector<const Manifest*>& page, const std::string& next);
/// Of one of its files, the manifest among them; nothing: it has no such file.
std::optional<std::string> content_type_of(const Manifest& manifest, const std::string& file);
/// The "muted" of an event's data.
bool is_muted(std::string_view event_data);

}  // namespace veche::recording
