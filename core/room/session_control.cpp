// SPDX-License-Identifier: Apache-2.0
// Reads the decisions of a controller, in the C interface, into values.
#include "room/session_control.hpp"

#include <algorithm>
#include <cmath>

#include "room/controlled_room.hpp"

namespace veche::room {
namespace {

/// As reports say it, in 1/256 (RFC 3550 section 6.4.1): a smaller change is none.
float reportable(float loss) { return std::round(loss * 256) / 256; }

media::Protection protection_of(uint32_t decided, uint32_t route_flags) {
  const bool is_able = (route_flags & VECHE_ROUTE_ABLE_RETRANSMISSION) != 0;
  const uint32_t repeated = decided & VECHE_PROTECT_REDUNDANCY;
  return {.repeated = repeated == VECHE_PROTECT_AS_PUBLISHED ? media::Protection::kAsPublished
                                                             : static_cast<uint8_t>(repeated),
          .resends = !is_able || (decided & VECHE_PROTECT_RETRANSMIT) != 0};
}

}  // namespace

const char* to_string(Quality quality) {
  switch (quality) {
    case Quality::Unknown: return "unknown";
    case Quality::Good: return "good";
    case Quality::Fair: return "fair";
    case Quality::Poor: return "poor";
  }
  return "unknown";
}

std::optional<uint32_t> repeated_by(media::Protection protection) {
  if (protection.repeated == media::Protection::kAsPublished) return std::nullopt;
  return protection.repeated;
}

std::string to_json(const NetworkQuality& network) {
  glib::JsonWriter json;
  json.begin_object().key("quality").string(to_string(network.quality));
  return json.key("reason").string(network.reason).end_object().text();
}

void write_hint(glib::JsonWriter& json, const TrackHint& hint) {
  json.key("mid").string(hint.mid).key("max_bitrate_bps").integer(hint.max_bitrate_bps);
  json.key("packet_ms").integer(hint.packet_ms).key("dtx");
  if (hint.dtx == 0) {
    json.null();
  } else {
    json.boolean(hint.dtx == 2);
  }
  json.key("reason").string(hint.reason);
}

SessionControl decided_control(const ControlledRoom& room, size_t index,
                               const std::vector<std::string>& reasons,
                               const std::vector<media::SessionTrack>& tracks,
                               const SessionControl& now, size_t slot_count) {
  const veche_controlled_session& session = room.sessions[index];
  const veche_session_decision& decided = room.session_decisions[index];
  SessionControl control;
  control.wish_bps = decided.wish_bps;
  control.network = {static_cast<Quality>(decided.quality), reasons[decided.reason]};

  control.slots.resize(slot_count);
  for (size_t i = 0; i < std::min(slot_count, now.slots.size()); ++i) {
    control.slots[i].protection = now.slots[i].protection;
  }
  for (uint32_t i = session.first_route; i < session.first_route + session.route_count; ++i) {
    const veche_route_decision& route = room.route_decisions[i];
    control.slots[room.routes[i].slot] = {
        .is_off = route.target == VECHE_TARGET_OFF,
        .protection = protection_of(route.protection, room.routes[i].flags),
        .reason = reasons[route.reason]};
  }
  for (uint32_t i = 0; i < session.track_count; ++i) {
    const veche_track_decision& track = room.track_decisions[session.first_track + i];
    control.tracks.push_back({.hint = {.mid = tracks[i].mid,
                                       .max_bitrate_bps = track.max_bitrate_bps,
                                       .packet_ms = track.packet_ms,
                                       .dtx = track.dtx,
                                       .reason = reasons[track.reason]},
                              .reported_loss = reportable(track.reported_loss)});
  }
  return control;
}

}  // namespace veche::room
