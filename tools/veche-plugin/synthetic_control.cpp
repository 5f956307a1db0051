// SPDX-License-Identifier: Apache-2.0
// Makes up what a controller is asked about.
#include "synthetic_control.hpp"

#include <veche/selector.h>

#include "spaced.hpp"

namespace veche::tool {
namespace {

constexpr uint64_t kRoom = 77;
constexpr uint32_t kMaxRoutes = 6;
/// In the guards behind the arrays.
constexpr uint32_t kUntouchedReason = 0xa5a5a5a5;

template <class T>
bool are_whole(const std::vector<T>& elements) {
  for (const T& element : elements) {
    if (!element.is_whole()) return false;
  }
  return true;
}

template <class T>
void begin(std::vector<T>& decisions, size_t count) {
  decisions.assign(count + 1, T{});
  decisions.back().known.reason = kUntouchedReason;
}

uint64_t session_of(uint64_t number, uint32_t life) { return 5000 + number + uint64_t{life} * 100; }

}  // namespace

void SyntheticControl::advance(room::Controller& controller) {
  now_ns_ += 100'000'000;
  sessions_.clear();
  routes_.clear();
  tracks_.clear();
  for (uint64_t i = 0; i < present_.size(); ++i) {
    if (below(20) == 0) {
      if (present_[i]) controller.forget(SessionId{session_of(i, lives_[i]++)});
      present_[i] = !present_[i];
    }
    if (present_[i]) add_session(i);
  }
  for (auto& session : sessions_) add_routes(session.known);
}

void SyntheticControl::add_session(uint64_t number) {
  veche_controlled_session& session = sessions_.emplace_back().known;
  session = {.session = session_of(number, lives_[number]),
             .participant = 1000 + number,
             .first_route = 0,
             .route_count = 0,
             .first_track = 0,
             .track_count = 0,
             .link = below(4),  // One of them is unknown.
             .round_trip_us = below(500'000),
             .jitter_us = below(50'000),
             .queue_us = below(3) * below(1'000'000),
             .capacity_bps = below(2) * below(3'000'000),
             .used_bps = below(3'000'000),
             .received_bps = below(100'000),
             .burst = below(2) * (16 + below(200)),
             .loss = part(),
             .loss_floor = part(),
             .loss_received = part(),
             .lane_load = part(),
             .flags = below(2) * VECHE_SESSION_AT_LIMIT | (below(8) == 0 ? kUnknownFlags : 0),
             .reserved = 0};
  add_tracks(number, session);
}

void SyntheticControl::add_tracks(uint64_t number, veche_controlled_session& session) {
  session.first_track = static_cast<uint32_t>(tracks_.size());
  session.track_count = below(3);
  for (uint32_t i = 0; i < session.track_count; ++i) {
    tracks_.emplace_back().known = {.track = 1'000'000 + number * 10 + i,
                                    .kind = kind_ != 0 ? kind_ : VECHE_KIND_AUDIO + below(3),
                                    .flags = below(8) | (below(8) == 0 ? kUnknownFlags : 0),
                                    .bitrate_bps = below(100'000),
                                    .packets_per_s = below(101),
                                    .loss = part(),
                                    .listener_count = below(24)};
  }
}

void SyntheticControl::add_routes(veche_controlled_session& session) {
  session.first_route = static_cast<uint32_t>(routes_.size());
  session.route_count = tracks_.empty() ? 0 : below(kMaxRoutes + 1);
  for (uint32_t i = 0; i < session.route_count; ++i) {
    const auto& track = tracks_[below(static_cast<uint32_t>(tracks_.size()))].known;
    routes_.emplace_back().known = {.track = track.track,
                                    .participant = 1000 + (track.track - 1'000'000) / 10,
                                    .kind = track.kind,
                                    .slot = i,
                                    .flags = below(32) | (below(8) == 0 ? kUnknownFlags : 0),
                                    .price_bps = below(100'000),
                                    .sent_bps = below(100'000),
                                    .loss = part(),
                                    .first_layer = 0,
                                    .layer_count = 0};
  }
}

void SyntheticControl::ask(room::Controller& controller) {
  begin(session_decisions_, sessions_.size());
  begin(route_decisions_, routes_.size());
  begin(track_decisions_, tracks_.size());
  LargerElement<veche_controlled_room> larger_room;
  veche_controlled_room& room = larger_room.known;
  room.struct_size = sizeof larger_room;
  room.session_count = static_cast<uint32_t>(sessions_.size());
  room.route_count = static_cast<uint32_t>(routes_.size());
  room.track_count = static_cast<uint32_t>(tracks_.size());
  room.session_stride = sizeof(sessions_[0]);
  room.route_stride = sizeof(routes_[0]);
  room.track_stride = sizeof(tracks_[0]);
  room.layer_stride = sizeof(veche_controlled_layer);
  room.room = kRoom;
  room.now_ns = now_ns_;
  room.name = "lobby";
  if (!sessions_.empty()) room.sessions = &sessions_[0].known;
  if (!routes_.empty()) room.routes = &routes_[0].known;
  if (!tracks_.empty()) room.tracks = &tracks_[0].known;
  LargerElement<veche_room_decision> larger_decision;
  veche_room_decision& decision = larger_decision.known;
  decision.struct_size = sizeof larger_decision;
  decision.session_stride = sizeof(session_decisions_[0]);
  decision.route_stride = sizeof(route_decisions_[0]);
  decision.track_stride = sizeof(track_decisions_[0]);
  decision.sessions = &session_decisions_[0].known;
  decision.routes = &route_decisions_[0].known;
  decision.tracks = &track_decisions_[0].known;
  room::reset_decision(room, decision);
  controller.control(room, decision);
}

void SyntheticControl::end(room::Controller& controller) {
  for (uint64_t i = 0; i < present_.size(); ++i) {
    if (present_[i]) controller.forget(SessionId{session_of(i, lives_[i]++)});
    present_[i] = false;
  }
  controller.forget(RoomId{kRoom});
}

std::string SyntheticControl::find_fault() const {
  if (session_decisions_.back().known.reason != kUntouchedReason ||
      route_decisions_.back().known.reason != kUntouchedReason ||
      track_decisions_.back().known.reason != kUntouchedReason) {
    return "it wrote behind the end of the decisions";
  }
  const bool is_whole =
      are_whole(session_decisions_) && are_whole(route_decisions_) && are_whole(track_decisions_);
  return is_whole ? "" : "it wrote between decisions: their strides are larger than their types";
}

}  // namespace veche::tool
