// SPDX-License-Identifier: Apache-2.0
// Validates what backends and clients ask of rooms and participants. Changes nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/engine.hpp"
#include "room/types.hpp"
#include "sdp/profile.hpp"

namespace veche::room {

inline constexpr size_t kMaxMetadataBytes = size_t{16} * 1024;
inline constexpr size_t kMaxDisplayNameBytes = 256;
inline constexpr size_t kMaxReasonBytes = 256;
inline constexpr size_t kMaxAttributes = 16;
inline constexpr size_t kMaxAttributeNameBytes = 32;
inline constexpr size_t kMaxAttributeBytes = 128;
inline constexpr size_t kMaxAnnouncementBytes = size_t{4} * 1024;
/// Names that one participant may pin, and as many that it may block.
inline constexpr size_t kMaxPreferences = 64;

/// `what` begins the message: "The name of the room".
Status check_name(std::string_view what, std::string_view name);
Status check_names(std::string_view what, const std::vector<std::string>& names);
/// Why the backend removes a participant: for its client, and for events.
Status check_reason(const std::string& reason);
Status check_attributes(const Attributes& attributes);
/// For metadata and plugins' settings, which must be JSON objects.
Status check_object(std::string_view what, const std::string& json);
Status check_settings(const ParticipantSettings& settings, const Limits& limits);
/// Everything but the plugins' parts, for which see room_settings.hpp.
Status check_policy(const RoomPolicy& policy, media::Engine& engine);
/// What the offer asks for, of what its kind of client can do. PermissionDenied: a client without
/// events may do nothing of it. InvalidArgument: see sdp::check_offer().
Result<sdp::SessionPlan> plan_offer(std::string_view offer, ClientKind client,
                                    const Permissions& permissions, const Limits& limits);

}  // namespace veche::room
