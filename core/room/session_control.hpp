// SPDX-License-Identifier: Apache-2.0
// What a controller has decided about one session, as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "glib/json.hpp"
#include "media/session.hpp"

namespace veche::room {

struct ControlledRoom;

/// How the network of a client is, as the client shows it.
enum class Quality { Unknown = 0, Good, Fair, Poor };
const char* to_string(Quality quality);

/// A quality, and the controller's word for what it follows.
struct NetworkQuality {
  Quality quality = Quality::Unknown;
  std::string reason;  ///< Empty: nothing is held back.

  friend bool operator==(const NetworkQuality&, const NetworkQuality&) = default;
};

/// A JSON object.
std::string to_json(const NetworkQuality& network);

/// Nothing: as many as the publisher does.
std::optional<uint32_t> repeated_by(media::Protection protection);

struct SlotControl {
  bool is_off = false;  ///< It gets nothing; else all that its track has.
  media::Protection protection;
  std::string reason;

  friend bool operator==(const SlotControl&, const SlotControl&) = default;
};

/// What the server asks a client to send on one of its tracks. 0 leaves it to the client.
struct TrackHint {
  std::string mid;
  uint32_t max_bitrate_bps = 0;
  uint32_t packet_ms = 0;
  uint32_t dtx = 0;  ///< 1: no; 2: yes.
  std::string reason;

  bool asks() const { return max_bitrate_bps != 0 || packet_ms != 0 || dtx != 0; }
  friend bool operator==(const TrackHint&, const TrackHint&) = default;
};

/// Its members, into an object that has begun.
void write_hint(glib::JsonWriter& json, const TrackHint& hint);

/// For all tracks of which something is asked.
using PublishHint = std::vector<TrackHint>;

struct TrackControl {
  TrackHint hint;
  float reported_loss = 0;  ///< See media::Session::report_loss().
};

struct SessionControl {
  std::vector<SlotControl> slots;    ///< By slot.
  std::vector<TrackControl> tracks;  ///< By track.
  uint32_t wish_bps = 0;
  NetworkQuality network;
};

/// Of the session at `index` of the room, with `slot_count` slots. A slot that nothing fills gets
/// all, and keeps its protection of `now`: the listener's network stays what it is.
SessionControl decided_control(const ControlledRoom& room, size_t index,
                               const std::vector<std::string>& reasons,
                               const std::vector<media::SessionTrack>& tracks,
                               const SessionControl& now, size_t slot_count);

}  // namespace veche::room
