// SPDX-License-Identifier: Apache-2.0
// One room's call: meet its sessions and tracks, decide listeners, decide tracks by their needs.
#include "adaptive/rooms.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace veche::adaptive {
namespace {

/// A room counts as one of the largest from this part of the largest one's sessions on.
constexpr size_t kLargePart = 2;
constexpr int64_t kBetweenSizes = kSecond;

}  // namespace

void Tally::add(const Tally& other, int64_t times) {
  limited += times * other.limited;
  cut += times * other.cut;
  is_protected += times * other.is_protected;
  fair += times * other.fair;
  poor += times * other.poor;
  for (size_t level = 0; level < shed.size(); ++level) shed[level] += times * other.shed[level];
  asked += times * other.asked;
}

void Rooms::control(const RoomControl& room, const Policy& policy) {
  RoomState& state = rooms_[room.id()];
  if (state.name.empty()) state.name = room.name();
  now_ns_ = room.now_ns();
  Tally tally;
  if (policy.mode == Mode::Off) {
    // What was decided before is nothing to begin with when it is on again.
    for (const uint64_t session : state.sessions) sessions_.erase(session);
    state.sessions.clear();
  } else {
    meet(room, state);
    decide_listeners(room, policy, state, tally);
    decide_tracks(room, policy, tally);
  }
  state.mode = policy.mode;
  use_tally(state, tally);
}

void Rooms::meet(const RoomControl& room, RoomState& state) {
  states_.clear();
  state.sessions.clear();
  scratch_.tracks.clear();
  for (const veche_controlled_session& session : room.sessions()) {
    SessionState& met = sessions_[session.session];
    met.participant = session.participant;
    states_.push_back(&met);
    state.sessions.push_back(session.session);
    meet_tracks(room, session, met);
  }
  std::sort(scratch_.tracks.begin(), scratch_.tracks.end(),
            [](const TrackEntry& a, const TrackEntry& b) { return a.id < b.id; });
}

void Rooms::meet_tracks(const RoomControl& room, const veche_controlled_session& session,
                        SessionState& state) {
  const auto tracks = room.tracks(session);
  // Tracks keep their order, so that nearly always each is where it was.
  state.published.resize(tracks.size());
  for (uint32_t i = 0; i < tracks.size(); ++i) {
    const veche_controlled_track& track = tracks[i];
    for (uint32_t k = i; state.published[i].seen.track != track.track && k < tracks.size(); ++k) {
      if (state.published[k].seen.track == track.track)
        std::swap(state.published[i], state.published[k]);
    }
    Published& published = state.published[i];
    if (published.seen.track != track.track) published = {};
    published.seen = track;
    published.publisher.measure(track, now_ns_);
    scratch_.tracks.push_back({track.track, &track, &published.publisher});
  }
}

void Rooms::decide_listeners(const RoomControl& room, const Policy& policy, RoomState& state,
                             Tally& tally) {
  scratch_.losses.clear();
  scratch_.shares.clear();
  const Listener::Situation situation{policy, is_largest(state), now_ns_};
  const auto sessions = room.sessions();
  for (uint32_t i = 0; i < sessions.size(); ++i) {
    Listener& listener = states_[i]->listener;
    listener.decide(room, sessions[i], situation, scratch_);
    const uint32_t quality = listener.decided().quality;
    count(listener.budget().change());
    tally.limited += listener.budget().is_limited() ? 1 : 0;
    tally.cut += listener.cut();
    tally.is_protected += listener.protected_count();
    tally.fair += quality == VECHE_QUALITY_FAIR ? 1 : 0;
    tally.poor += quality == VECHE_QUALITY_POOR ? 1 : 0;
    for (uint8_t level = 1; level <= listener.shedding(); ++level) ++tally.shed[level];
  }
}

void Rooms::decide_tracks(const RoomControl& room, const Policy& policy, Tally& tally) {
  std::sort(scratch_.losses.begin(), scratch_.losses.end(), [](const Need& a, const Need& b) {
    return a.entry != b.entry ? a.entry < b.entry : a.loss > b.loss;
  });
  std::sort(scratch_.shares.begin(), scratch_.shares.end(), [](const Need& a, const Need& b) {
    return a.entry != b.entry ? a.entry < b.entry : a.share_bps < b.share_bps;
  });
  auto loss = scratch_.losses.begin();
  auto share = scratch_.shares.begin();
  for (uint32_t entry = 0; entry < scratch_.tracks.size(); ++entry) {
    const auto next = [entry](auto from, auto end) {
      return std::find_if(from, end, [entry](const Need& need) { return need.entry != entry; });
    };
    const auto losses_end = next(loss, scratch_.losses.end());
    const auto shares_end = next(share, scratch_.shares.end());
    const TrackEntry& track = scratch_.tracks[entry];
    Audience audience{.listeners = track.track->listener_count,
                      .limited = static_cast<uint32_t>(shares_end - share)};
    const ptrdiff_t above = beyond_percentile(audience.listeners, policy.loss_percentile);
    if (losses_end - loss > above) audience.loss = loss[above].loss;
    if (audience.limited > 0) audience.share_bps = share[(audience.limited - 1) / 2].share_bps;
    loss = losses_end;
    share = shares_end;
    const Asked& asked = track.publisher->decide(*track.track, audience, policy.floors, now_ns_);
    veche_track_decision& decided = room.decision(*track.track);
    decided.max_bitrate_bps = asked.max_bitrate_bps;
    decided.packet_ms = asked.packet_ms;
    decided.dtx = asked.dtx ? 2 : 0;
    decided.reported_loss = asked.reported_loss;
    decided.reason = index_of(asked.reason);
    tally.asked += asked.reason != Reason::None ? 1 : 0;
  }
}

void Rooms::count(Budget::Change change) {
  switch (change) {
    case Budget::Change::Limited: ++counts_.limits; break;
    case Budget::Change::Cut: ++counts_.cuts; break;
    case Budget::Change::Returned: ++counts_.returns; break;
    case Budget::Change::StepFailed: ++counts_.failed_steps; break;
    case Budget::Change::None:
    case Budget::Change::Unlimited: break;
  }
}

uint8_t Rooms::shedding() const {
  uint8_t level = Shedding::kFewerSlots;
  while (level > 0 && tally_.shed[level] == 0) --level;
  return level;
}

bool Rooms::is_largest(const RoomState& room) {
  largest_ = std::max(largest_, room.sessions.size());
  if (now_ns_ - sized_ns_ >= kBetweenSizes) {
    sized_ns_ = now_ns_;
    largest_ = 0;
    for (const auto& [id, other] : rooms_) largest_ = std::max(largest_, other.sessions.size());
  }
  return room.sessions.size() * kLargePart >= largest_;
}

void Rooms::use_tally(RoomState& room, const Tally& tally) {
  tally_.add(room.tally, -1);
  tally_.add(tally, 1);
  room.tally = tally;
}

void Rooms::forget_room(uint64_t room) {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return;
  use_tally(found->second, {});
  rooms_.erase(found);
}

const RoomState* Rooms::find_room(std::string_view name) const {
  for (const auto& [id, room] : rooms_) {
    if (room.name == name) return &room;
  }
  return nullptr;
}

const SessionState* Rooms::find_session(uint64_t session) const {
  const auto found = sessions_.find(session);
  return found != sessions_.end() ? &found->second : nullptr;
}

}  // namespace veche::adaptive
