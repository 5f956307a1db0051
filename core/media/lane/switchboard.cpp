// SPDX-License-Identifier: Apache-2.0
// Routes packets to slots, without allocation.
#include "media/lane/switchboard.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/prefetch.hpp"
#include "base/thread_role.hpp"

namespace veche::media {
namespace {

/// Listeners are served in groups of this size: small enough that the first need not wait for the
/// last, and large enough for code and kernel to stay in the cache.
constexpr size_t kFanOutBatch = 32;

uint64_t bit_of(uint32_t lane) { return uint64_t{1} << lane; }

}  // namespace

Switchboard::Switchboard(uint32_t lane, LaneCounters& counters, Outlet& outlet)
    : lane_(lane), counters_(counters), outlet_(outlet) {
  constexpr size_t kUsualFills = 256;  // Avoids allocation in ticks.
  others_.reserve(kUsualFills);
}

void Switchboard::forward(TrackId id, const rtp::PacketView& view, const PacketTimes& times,
                          uint8_t level, int64_t now_ns) noexcept {
  assert(is_on_lane());
  Track* track = find_track(id);
  if (!track) return;
  track->feed->count_handled(lane_);
  const uint32_t sequence = track->sequence.extend(view.sequence());
  counters_.packets_in.add();
  if (now_ns - times.arrival_ns > kStaleNs) {
    counters_.stale.add();
    return;
  }
  const TrackFeed& feed = *track->feed;
  const bool has_levels = feed.has_levels.load(std::memory_order_relaxed);
  const LanePacket packet = describe(view, times, sequence, level, has_levels);
  Preroll preroll(track->history, track->level_extension, has_levels, packet);
  Redundancy redundancy(track->history, feed, packet.view);
  std::span<const Route> routes(track->routes);
  while (!routes.empty()) {
    const auto batch = routes.first(std::min(routes.size(), kFanOutBatch));
    forward(batch, feed, packet, preroll, redundancy, now_ns);
    routes = routes.subspan(batch.size());
  }
  track->history.push(view, times.arrival_ns);
}

void Switchboard::forward(std::span<const Route> routes, const TrackFeed& feed,
                          const LanePacket& packet, Preroll& preroll, Redundancy& redundancy,
                          int64_t now_ns) noexcept {
  prefetch(routes);
  uint64_t forwarded = 0;
  for (const Route& route : routes) {
    const bool is_sent =
        route.session->forward(route.slot, feed, packet, preroll, redundancy, now_ns);
    forwarded += is_sent ? 1 : 0;
  }
  const int64_t sent_ns = outlet_.flush();
  if (forwarded == 0) return;
  counters_.forward_ns.add(sent_ns - packet.description.arrival_ns, forwarded);
}

/// The sessions of a large room are not in the cache. Prefetching them together overlaps the
/// misses.
void Switchboard::prefetch(std::span<const Route> routes) noexcept {
  for (const Route& route : routes) veche::prefetch(route.session);
  for (int depth = 0; depth < Path::kPrefetchDepth; ++depth) {
    for (const Route& route : routes) route.session->prefetch(route.slot, depth);
  }
}

void Switchboard::remember(TrackId id, const rtp::PacketView& view, int64_t arrival_ns) noexcept {
  assert(is_on_lane());
  Track* track = find_track(id);
  if (!track) return;
  track->feed->count_handled(lane_);
  track->sequence.extend(view.sequence());
  track->history.push(view, arrival_ns);
}

void Switchboard::tick(int64_t now_ns) noexcept {
  assert(is_on_lane());
  // A late lane does not catch up: the next tick is a full period away.
  next_tick_ns_ = std::max(next_tick_ns_ + LaneRoom::kTickNs, now_ns + LaneRoom::kTickNs / 2);
  any_awake_ = false;
  for (auto& [id, room] : rooms_) any_awake_ |= select(*room, now_ns);
}

bool Switchboard::select(LaneRoom& room, int64_t now_ns) noexcept {
  const bool is_awake = room.select(now_ns);
  take_fills(room, now_ns);
  return is_awake;
}

void Switchboard::take_fills(const LaneRoom& room, int64_t now_ns) noexcept {
  const size_t older = others_.size();
  for (const SlotFill& each : room.fills()) {
    LaneSession* session = each.lane == lane_ ? find_session(each.session) : nullptr;
    if (each.lane != lane_) {
      keep_fill(each, older);
    } else if (session) {
      place(*session, each.slot, each.track, now_ns);
    }
  }
  flush_silence();
}

void Switchboard::set_listening(RoomId id, ParticipantId participant, bool listening,
                                int64_t now_ns) noexcept {
  assert(is_on_lane());
  LaneRoom* room = find_room(id);
  if (!room) return;
  room->set_listening(participant, listening);
  take_fills(*room, now_ns);
}

/// A room has at most one new fill for each slot, so only `older` ones, of earlier selections, can
/// be outdated.
void Switchboard::keep_fill(const SlotFill& fill, size_t older) {
  const auto end = others_.begin() + static_cast<ptrdiff_t>(std::min(older, others_.size()));
  const auto outdated = std::find_if(others_.begin(), end, [&](const SlotFill& other) {
    return other.session == fill.session && other.slot == fill.slot;
  });
  if (outdated != end) others_.erase(outdated);
  others_.push_back(fill);
}

void Switchboard::forget_fills(SessionId session) noexcept {
  assert(is_on_lane());
  std::erase_if(others_, [session](const SlotFill& fill) { return fill.session == session; });
}

void Switchboard::flush_silence() noexcept {
  if (std::exchange(has_silence_, false)) outlet_.flush();
}

void Switchboard::wake(RoomId room, int64_t now_ns) noexcept {
  assert(is_on_lane());
  if (!find_room(room)) return;
  if (!any_awake_) next_tick_ns_ = now_ns;
  any_awake_ = true;
}

void Switchboard::add_track(std::shared_ptr<TrackFeed> feed, uint8_t level_extension,
                            int64_t now_ns) {
  assert(is_on_lane());
  const TrackId id = feed->id;
  Track& track = tracks_[id];
  track.feed = std::move(feed);
  track.level_extension = level_extension;
  if (awaited_ == 0) return;
  for (const auto& [session_id, session] : sessions_) {
    for (uint32_t slot = 0; slot < session->slot_count(); ++slot) {
      if (session->awaited(slot) == id) place(*session, slot, id, now_ns);
    }
  }
}

void Switchboard::remove_track(TrackId id, int64_t now_ns) noexcept {
  assert(is_on_lane());
  const auto found = tracks_.find(id);
  if (found == tracks_.end()) return;
  for (const Route& route : found->second.routes) {
    has_silence_ |= route.session->fill(route.slot, TrackId{}, now_ns);
  }
  flush_silence();
  found->second.feed->wanted_lanes.fetch_and(~bit_of(lane_), std::memory_order_relaxed);
  tracks_.erase(found);
}

void Switchboard::add_session(std::unique_ptr<LaneSession>& session) {
  assert(is_on_lane());
  const SessionId id = session->id();
  sessions_[id] = std::move(session);
  sessions_[id]->lend_padding();
}

std::unique_ptr<LaneSession> Switchboard::remove_session(SessionId id) noexcept {
  assert(is_on_lane());
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return nullptr;
  std::unique_ptr<LaneSession> session = std::move(found->second);
  session->end_padding();
  for (uint32_t slot = 0; slot < session->slot_count(); ++slot) {
    remove_route(*session, slot);
    if (session->awaited(slot)) --awaited_;
  }
  sessions_.erase(found);
  return session;
}

void Switchboard::add_room(std::unique_ptr<LaneRoom>& room, int64_t now_ns) {
  assert(is_on_lane());
  const RoomId id = room->id();
  const bool is_awake = room->is_awake();
  rooms_[id] = std::move(room);
  // It was woken before it was known here.
  if (is_awake) wake(id, now_ns);
}

std::unique_ptr<LaneRoom> Switchboard::remove_room(RoomId id) noexcept {
  assert(is_on_lane());
  const auto found = rooms_.find(id);
  if (found == rooms_.end()) return nullptr;
  std::unique_ptr<LaneRoom> room = std::move(found->second);
  rooms_.erase(found);
  return room;
}

LaneRoom* Switchboard::find_room(RoomId id) noexcept {
  const auto found = rooms_.find(id);
  return found == rooms_.end() ? nullptr : found->second.get();
}

LaneSession* Switchboard::find_session(SessionId id) noexcept {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.get();
}

Switchboard::Track* Switchboard::find_track(TrackId id) noexcept {
  const auto found = tracks_.find(id);
  return found == tracks_.end() ? nullptr : &found->second;
}

void Switchboard::fill(SessionId id, uint32_t slot, TrackId track_id, int64_t now_ns) noexcept {
  assert(is_on_lane());
  LaneSession* session = find_session(id);
  if (!session || slot >= session->slot_count()) return;
  place(*session, slot, track_id, now_ns);
  flush_silence();
}

void Switchboard::place(LaneSession& session, uint32_t slot, TrackId id, int64_t now_ns) noexcept {
  Track* track = find_track(id);
  const TrackId awaited = track ? TrackId{} : id;
  if (session.awaited(slot)) --awaited_;
  if (awaited) ++awaited_;
  session.await(slot, awaited);
  const TrackId placed = track ? id : TrackId{};
  if (session.track(slot) == placed) return;
  remove_route(session, slot);
  has_silence_ |= session.fill(slot, placed, now_ns);
  if (!track) return;
  counters_.slot_switches.add();
  add_route(*track, session, slot);
}

void Switchboard::set_active(SessionId id, uint32_t slot, bool active, int64_t now_ns) noexcept {
  assert(is_on_lane());
  LaneSession* session = find_session(id);
  if (!session || slot >= session->slot_count()) return;
  has_silence_ |= session->set_active(slot, active, now_ns);
  flush_silence();
}

void Switchboard::protect(SessionId id, uint32_t slot, Protection protection) noexcept {
  assert(is_on_lane());
  LaneSession* session = find_session(id);
  if (session && slot < session->slot_count()) session->protect(slot, protection);
}

void Switchboard::use_policy(PacketPolicy* policy) noexcept {
  assert(is_on_lane());
  for (const auto& [id, session] : sessions_) session->use_policy(policy);
}

void Switchboard::add_route(Track& track, LaneSession& session, uint32_t slot) {
  track.routes.push_back({&session, slot});
  track.feed->wanted_lanes.fetch_or(bit_of(lane_), std::memory_order_relaxed);
}

void Switchboard::remove_route(LaneSession& session, uint32_t slot) noexcept {
  Track* track = find_track(session.track(slot));
  if (!track) return;
  std::erase_if(track->routes, [&](const Route& route) {
    return route.session == &session && route.slot == slot;
  });
  if (!track->routes.empty()) return;
  track->feed->wanted_lanes.fetch_and(~bit_of(lane_), std::memory_order_relaxed);
  track->history.clear();
}

}  // namespace veche::media
