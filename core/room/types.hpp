// SPDX-License-Identifier: Apache-2.0
// The values of the room layer: policies, permissions, patches, views for clients, reasons for an
// end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "media/settings.hpp"

namespace veche::room {

/// What the operator allows. See docs/configuration.md.
struct Limits {
  bool auto_create = true;
  uint32_t max_rooms = 1000;
  uint32_t max_participants = 200;  ///< A room may ask for fewer, not for more.
  uint32_t empty_timeout_s = 60;    ///< Default of new rooms; 0: a room lives until it is deleted.
  uint32_t max_audio_slots = 16;
  uint32_t max_video_slots = 25;
  uint32_t drain_deadline_s = 30;  ///< Unless the drain request names another.
  media::TrackRates audio_rates;   ///< What one audio track may send, unless its room says more.
};

/// The server accepts no new participants, and ends when its calls have ended, or at the deadline.
struct Drain {
  int64_t deadline_ns = 0;       ///< On the monotonic clock.
  int64_t deadline_unix_ms = 0;  ///< The same, for people.
  bool is_final = false;         ///< It cannot be cancelled.
};

/// What the backend wants of one room.
struct RoomPolicy {
  uint32_t max_participants = 0;  ///< 0: the server's limit.
  uint32_t empty_timeout_s = 60;
  /// Of sessions that begin from now on; nothing: the server's.
  std::optional<media::PathKind> path;
  /// What one audio track may send, in sessions that begin from now on; nothing: the server's.
  std::optional<uint32_t> audio_packets_per_s, audio_bitrate_bps;
  std::string metadata = "{}";                 ///< A JSON object, opaque to the core.
  std::map<std::string, std::string> plugins;  ///< Plugin name -> JSON object with its settings.

  friend bool operator==(const RoomPolicy&, const RoomPolicy&) = default;
};

struct RoomPatch {
  std::optional<uint32_t> max_participants;
  std::optional<uint32_t> empty_timeout_s;
  std::optional<std::optional<media::PathKind>> path;
  std::optional<std::string> metadata;
  /// Replaces the settings of these plugins; "{}" resets them.
  std::map<std::string, std::string> plugins;
  std::optional<std::optional<uint32_t>> audio_packets_per_s, audio_bitrate_bps;
};

struct Permissions {
  bool publish_audio = true;
  bool publish_video = true;
  bool subscribe = true;

  friend bool operator==(const Permissions&, const Permissions&) = default;
};

/// What a backend says of a participant to other clients, events and selectors: "role" -> "host".
using Attributes = std::map<std::string, std::string>;

/// What a join token, an invitation or the first session says about a participant.
struct ParticipantSettings {
  std::string name;             ///< For people; empty: the id.
  std::string metadata = "{}";  ///< A JSON object.
  Attributes attributes;
  Permissions permissions;
  bool muted_by_backend = false;
  uint32_t max_audio_slots = 0;  ///< How many slots may be in use; 0: as many as the offer has.
  uint32_t max_video_slots = 0;

  friend bool operator==(const ParticipantSettings&, const ParticipantSettings&) = default;
};

struct ParticipantPatch {
  std::optional<std::string> name;
  std::optional<std::string> metadata;
  std::optional<Attributes> attributes;  ///< All of them.
  std::optional<Permissions> permissions;
  std::optional<uint32_t> max_audio_slots;
  std::optional<uint32_t> max_video_slots;
  /// No other participant hears it while either is set. The client changes only its own.
  std::optional<bool> muted_by_backend;
  std::optional<bool> muted_by_self;
  /// Names of participants that this one always hears.
  std::optional<std::vector<std::string>> pinned;
  /// Names of participants that this one never hears.
  std::optional<std::vector<std::string>> blocked;
};

/// The settings with what the patch names.
ParticipantSettings patched(ParticipantSettings settings, const ParticipantPatch& patch);

/// The client of a session, by what it offers and how it is told what happens.
enum class ClientKind {
  Full = 1,   ///< Tracks and slots; events come over a WebSocket.
  Publisher,  ///< Of WHIP (RFC 9725): tracks, and no events.
  Player,     ///< Of WHEP: slots, and no events.
};

enum class SessionState { Connecting = 1, Connected, Ended };

/// Why a session or a participant ended, for events, logs and counters.
enum class EndReason {
  Left = 1,         ///< The client or the backend ended the session.
  Removed,          ///< The backend removed the participant.
  Replaced,         ///< The participant posted a new offer.
  RoomClosed,       ///< The room was deleted.
  PeerTimeout,      ///< The client fell silent, or never connected.
  BadFingerprint,   ///< The DTLS certificate is not the one of the offer.
  PolicyViolation,  ///< Too many SSRCs or wrong payload types.
  MediaError,       ///< An error of the session's pipeline.
  ServerStopping,
};
const char* to_string(EndReason reason);
const char* to_string(SessionState state);

struct SlotView {
  std::string mid;
  std::string kind;         ///< "audio" or "video"
  std::string participant;  ///< Whose track fills it, by name; empty: none.
  uint64_t track = 0;

  friend bool operator==(const SlotView&, const SlotView&) = default;
};

/// The participants that speak, by name.
struct Speakers {
  std::vector<std::string> speaking;
  std::string dominant;  ///< Empty: none.

  friend bool operator==(const Speakers&, const Speakers&) = default;
};

struct TrackView {
  uint64_t track = 0;
  std::string mid;
  std::string kind;
  bool is_encrypted = false;  ///< End to end, as its client says.
};

}  // namespace veche::room
