// SPDX-License-Identifier: Apache-2.0
// The rules. Messages do not quote the input, which may be long and contain anything.
#include "room/checks.hpp"

#include <glib.h>

#include "base/ids.hpp"
#include "glib/json.hpp"

namespace veche::room {
namespace {

Status check_slots(const std::string& what, uint32_t slots, uint32_t limit) {
  if (slots <= limit) return Ok{};
  return invalid(what + " must be 0 (no limit of its own) to " + std::to_string(limit) + ".");
}

bool is_text(const std::string& text, size_t most_bytes) {
  return text.size() <= most_bytes &&
         g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr);
}

sdp::OfferUse use_of(ClientKind client) {
  switch (client) {
    case ClientKind::Full: return sdp::OfferUse::TracksAndSlots;
    case ClientKind::Publisher: return sdp::OfferUse::Tracks;
    case ClientKind::Player: return sdp::OfferUse::Slots;
  }
  return sdp::OfferUse::TracksAndSlots;
}

/// A client that reads no events would never learn why it sends, or waits, in vain.
Status check_permission(const Permissions& permissions, ClientKind client) {
  if (client == ClientKind::Publisher && !permissions.publish_audio) {
    return Error{ErrorCode::PermissionDenied, "The participant may not publish audio."};
  }
  if (client == ClientKind::Player && !permissions.subscribe) {
    return Error{ErrorCode::PermissionDenied, "The participant may not listen."};
  }
  return Ok{};
}

}  // namespace

Status check_reason(const std::string& reason) {
  if (is_text(reason, kMaxReasonBytes)) return Ok{};
  return invalid("The reason must be UTF-8 of at most " + std::to_string(kMaxReasonBytes) +
                 " bytes.");
}

Status check_name(std::string_view what, std::string_view name) {
  if (is_valid_name(name)) return Ok{};
  return invalid(std::string(what) + " must be 1 to " + std::to_string(kMaxNameLength) +
                 " characters of A-Z a-z 0-9 _ . ~ -, and neither \".\" nor \"..\".");
}

Status check_names(std::string_view what, const std::vector<std::string>& names) {
  if (names.size() > kMaxPreferences) {
    return invalid(std::string(what) + " must be at most " + std::to_string(kMaxPreferences) +
                   " participants.");
  }
  for (const std::string& name : names) {
    if (Status status = check_name("Each name in " + std::string(what), name); !status) {
      return status.error();
    }
  }
  return Ok{};
}

Status check_attributes(const Attributes& attributes) {
  if (attributes.size() > kMaxAttributes) {
    return invalid("The participant's attributes must be at most " +
                   std::to_string(kMaxAttributes) + ".");
  }
  for (const auto& [name, value] : attributes) {
    if (name.size() > kMaxAttributeNameBytes || !is_valid_name(name)) {
      return invalid("The name of an attribute must be 1 to " +
                     std::to_string(kMaxAttributeNameBytes) +
                     " characters of A-Z a-z 0-9 _ . ~ -.");
    }
    if (!is_text(value, kMaxAttributeBytes)) {
      return invalid("The attribute \"" + name + "\" must be UTF-8 of at most " +
                     std::to_string(kMaxAttributeBytes) + " bytes.");
    }
  }
  return Ok{};
}

Status check_object(std::string_view what, const std::string& json) {
  if (json.size() > kMaxMetadataBytes) {
    return invalid(std::string(what) + " must be at most " + std::to_string(kMaxMetadataBytes) +
                   " bytes of JSON.");
  }
  Result<glib::JsonPtr> node = glib::parse_json(json);
  if (!node) return invalid(std::string(what) + " is not JSON: " + node.error().message);
  if (!JSON_NODE_HOLDS_OBJECT(node->get())) {
    return invalid(std::string(what) + " must be a JSON object.");
  }
  return Ok{};
}

Status check_settings(const ParticipantSettings& settings, const Limits& limits) {
  if (!is_text(settings.name, kMaxDisplayNameBytes)) {
    return invalid("The participant's display name must be UTF-8 of at most " +
                   std::to_string(kMaxDisplayNameBytes) + " bytes.");
  }
  if (Status status = check_object("The participant's metadata", settings.metadata); !status) {
    return status.error();
  }
  if (Status status = check_attributes(settings.attributes); !status) return status.error();
  if (Status status =
          check_slots("max_audio_slots", settings.max_audio_slots, limits.max_audio_slots);
      !status) {
    return status.error();
  }
  return check_slots("max_video_slots", settings.max_video_slots, limits.max_video_slots);
}

Status check_policy(const RoomPolicy& policy, media::Engine& engine) {
  if (Status status = check_object("The room's metadata", policy.metadata); !status)
    return status.error();
  if (policy.path && !engine.has_path(*policy.path)) {
    return invalid(std::string("The path \"") + media::to_string(*policy.path) +
                   "\" is not available: the server found no UDP port for its lanes.");
  }
  return Ok{};
}

Result<sdp::SessionPlan> plan_offer(std::string_view offer, ClientKind client,
                                    const Permissions& permissions, const Limits& limits) {
  if (Status status = check_permission(permissions, client); !status) return status.error();
  sdp::ProfileLimits profile;
  profile.max_slots = limits.max_audio_slots;
  profile.use = use_of(client);
  return sdp::check_offer(offer, profile);
}

}  // namespace veche::room
