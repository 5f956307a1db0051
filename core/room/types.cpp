// SPDX-License-Identifier: Apache-2.0
// The names of reasons and states, as the API, events and logs show them.
#include "room/types.hpp"

namespace veche::room {

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
