// SPDX-License-Identifier: Apache-2.0
// What a backend sends to act on many participants of a room at once. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "glib/checked_json.hpp"

namespace veche::http {

using glib::Checked;

/// Names that one request may list.
inline constexpr size_t kMostNamed = 1000;

struct Announcement {
  std::string message;  ///< A JSON object.
  /// Nothing: all clients in the room.
  std::optional<std::vector<std::string>> participants;
};
Checked<Announcement> read_announcement(const std::string& body);

struct Moderation {
  std::string action;  ///< "mute", "unmute" or "remove"
  /// One of the two: these participants, or all but these.
  std::optional<std::vector<std::string>> participants, except;
  std::string reason;  ///< Of a removal; may be empty.
  bool allow_rejoin = false;

  bool removes() const { return action == "remove"; }
};
Checked<Moderation> read_moderation(const std::string& body);

/// The schemas of these bodies, for the API's document.
std::string announcement_body_schema();
std::string moderation_body_schema();

}  // namespace veche::http
