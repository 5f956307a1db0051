// SPDX-License-Identifier: Apache-2.0
// The names of reasons and states, as the API, events and logs show them; patches of settings.
#include "room/types.hpp"

namespace veche::room {

ParticipantSettings patched(ParticipantSettings settings, const ParticipantPatch& patch) {
  settings.name = patch.name.value_or(settings.name);
  settings.metadata = patch.metadata.value_or(settings.metadata);
  settings.attributes = patch.attributes.value_or(settings.attributes);
  settings.permissions = patch.permissions.value_or(settings.permissions);
  settings.muted_by_backend = patch.muted_by_backend.value_or(settings.muted_by_backend);
  settings.max_audio_slots = patch.max_audio_slots.value_or(settings.max_audio_slots);
  settings.max_video_slots = patch.max_video_slots.value_or(settings.max_video_slots);
  return settings;
}

const char* to_string(EndReason reason) {
  switch (reason) {
    case EndReason::Left: return "left";
    case EndReason::Removed: return "removed";
    case EndReason::Replaced: return "replaced";
    case EndReason::RoomClosed: return "room_closed";
    case EndReason::PeerTimeout: return "peer_timeout";
    case EndReason::BadFingerprint: return "bad_fingerprint";
    case EndReason::PolicyViolation: return "policy_violation";
    case EndReason::MediaError: return "media_error";
    case EndReason::ServerStopping: return "server_stopping";
  }
  return "unknown";
}

const char* to_string(SessionState state) {
  switch (state) {
    case SessionState::Connecting: return "connecting";
    case SessionState::Connected: return "connected";
    case SessionState::Ended: return "ended";
  }
  return "unknown";
}

}  // namespace veche::room
