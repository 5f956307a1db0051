// SPDX-License-Identifier: Apache-2.0
// Shows a participant's session, tracks and slots to the controller.
#include <veche/selector.h>

#include <algorithm>

#include "room/controlled_room.hpp"
#include "room/participant.hpp"
#include "room/room.hpp"

namespace veche::room {
namespace {

uint32_t microseconds(double ms) { return static_cast<uint32_t>(ms * 1000); }

uint32_t kind_of(sdp::MediaKind kind) {
  return kind == sdp::MediaKind::Audio ? VECHE_KIND_AUDIO : VECHE_KIND_VIDEO;
}

uint32_t link_of(const media::SessionStatistics& statistics) {
  using Source = media::LinkStatistics::Source;
  if (statistics.link.source == Source::Feedback) return VECHE_LINK_FEEDBACK;
  const bool has_reports = statistics.link.source == Source::Reports || statistics.expected_out > 0;
  return has_reports ? VECHE_LINK_REPORTS : VECHE_LINK_UNKNOWN;
}

uint32_t price_bps(const veche_controlled_track& track) {
  return track.bitrate_bps + track.packets_per_s * kHeaderBytes * 8;
}

/// `rtp_bps` of a slot with the headers below RTP, which are the same part of what its track has.
uint32_t with_headers(uint32_t rtp_bps, const veche_controlled_track& track) {
  const uint64_t price = price_bps(track);
  const uint64_t below = uint64_t{track.packets_per_s} * kBytesBelowRtp * 8;
  return price == below ? rtp_bps : static_cast<uint32_t>(rtp_bps * price / (price - below));
}

}  // namespace

void Participant::show_session(ControlledRoom& view, int64_t now_ns) {
  shown_ = {};
  if (session_state_ != SessionState::Connected) return;
  const media::SessionStatistics statistics = session_->statistics();
  rates_.update(statistics, now_ns);
  shown_ = {.is_shown = true, .session = static_cast<uint32_t>(view.sessions.size())};
  const Speakers& speakers = room_.speakers();
  if (speakers.dominant == id_) shown_.flags |= VECHE_ROUTE_DOMINANT;
  const auto& speaking = speakers.speaking;
  if (std::find(speaking.begin(), speaking.end(), id_) != speaking.end()) {
    shown_.flags |= VECHE_ROUTE_SPEAKING;
  }

  const media::LinkStatistics& link = statistics.link;
  veche_controlled_session& session = view.sessions.emplace_back(veche_controlled_session{});
  session.session = session_->id().value;
  session.participant = number_.value;
  session.first_track = static_cast<uint32_t>(view.tracks.size());
  session.link = link_of(statistics);
  session.round_trip_us = microseconds(statistics.round_trip_ms);
  session.jitter_us = microseconds(statistics.jitter_out_ms);
  session.queue_us = link.queue_us;
  session.capacity_bps = link.capacity_bps;
  session.used_bps = rates_.sent_bps();
  session.received_bps = rates_.received_bps();
  session.burst = link.burst;
  const bool is_known = link.source != media::LinkStatistics::Source::Unknown;
  session.loss = is_known ? link.loss : rates_.loss_out();
  session.loss_floor = link.loss_floor;
  session.loss_received = rates_.loss_in();
  session.lane_load = statistics.lane_load;
  if (link.is_limit) session.flags |= VECHE_SESSION_AT_LIMIT;

  const std::vector<media::SessionTrack>& tracks = session_->tracks();
  session.track_count = static_cast<uint32_t>(tracks.size());
  const uint32_t flags = (terms_.is_encrypted ? VECHE_TRACK_ENCRYPTED : 0) |
                         (terms_.obeys_hints ? VECHE_TRACK_HINTED : 0);
  for (size_t i = 0; i < tracks.size(); ++i) {
    view.tracks.push_back({.track = tracks[i].track.value,
                           .kind = kind_of(tracks[i].kind),
                           .flags = flags | (tracks[i].is_redundant ? VECHE_TRACK_REDUNDANT : 0),
                           .bitrate_bps = rates_.track_bps(i),
                           .packets_per_s = rates_.track_packets_per_s(i),
                           .loss = rates_.track_loss(i),
                           .listener_count = 0});
  }
}

void Participant::show_routes(ControlledRoom& view) const {
  if (!shown_.is_shown) return;
  veche_controlled_session& session = view.sessions[shown_.session];
  session.first_route = static_cast<uint32_t>(view.routes.size());
  const std::vector<media::SessionSlot>& able = session_->slots();
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].track == 0) continue;
    const Participant* owner = room_.owner_of(TrackId{slots_[i].track});
    if (!owner || !owner->shown_.is_shown) continue;
    veche_controlled_track* track = owner->find_shown(view, slots_[i].track);
    if (!track) continue;
    ++track->listener_count;
    const bool is_encrypted = (track->flags & VECHE_TRACK_ENCRYPTED) != 0;
    uint32_t flags = owner->shown_.flags;
    if (has_pinned(owner->id_)) flags |= VECHE_ROUTE_PINNED;
    if (able[i].can_repeat && !is_encrypted) flags |= VECHE_ROUTE_ABLE_REDUNDANCY;
    if (able[i].can_resend) flags |= VECHE_ROUTE_ABLE_RETRANSMISSION;
    view.routes.push_back({.track = track->track,
                           .participant = owner->number_.value,
                           .kind = track->kind,
                           .slot = static_cast<uint32_t>(i),
                           .flags = flags,
                           .price_bps = price_bps(*track),
                           .sent_bps = with_headers(rates_.slot_bps(i), *track),
                           .loss = rates_.slot_loss(i),
                           .first_layer = 0,
                           .layer_count = 0});
  }
  session.route_count = static_cast<uint32_t>(view.routes.size()) - session.first_route;
}

veche_controlled_track* Participant::find_shown(ControlledRoom& view, uint64_t track) const {
  const veche_controlled_session& session = view.sessions[shown_.session];
  for (uint32_t i = 0; i < session.track_count; ++i) {
    veche_controlled_track& shown = view.tracks[session.first_track + i];
    if (shown.track == track) return &shown;
  }
  return nullptr;
}

}  // namespace veche::room
