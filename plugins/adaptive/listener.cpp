// SPDX-License-Identifier: Apache-2.0
// One call for one listener: sort, price, decide, write down.
#include "adaptive/listener.hpp"

#include <algorithm>

namespace veche::adaptive {
namespace {

constexpr uint32_t kVoice = VECHE_ROUTE_DOMINANT | VECHE_ROUTE_PINNED | VECHE_ROUTE_SPEAKING;
constexpr float kLeastNeed = 0.005F;

/// The smaller, the more important.
uint32_t rank(const veche_controlled_route& route) {
  if ((route.flags & VECHE_ROUTE_DOMINANT) != 0) return 0;
  if ((route.flags & VECHE_ROUTE_PINNED) != 0) return 1;
  return (route.flags & VECHE_ROUTE_SPEAKING) != 0 ? 2 : 3;
}

/// With the five bytes of RFC 2198 in each packet, roughly.
uint32_t with_headers(uint32_t payload_bps) { return payload_bps + payload_bps / 8; }

}  // namespace

uint32_t Scratch::find(uint64_t track) const {
  const auto found =
      std::lower_bound(tracks.begin(), tracks.end(), track,
                       [](const TrackEntry& entry, uint64_t id) { return entry.id < id; });
  const bool is_there = found != tracks.end() && found->id == track;
  return static_cast<uint32_t>(is_there ? found - tracks.begin() : tracks.end() - tracks.begin());
}

void Listener::decide(const RoomControl& room, const veche_controlled_session& session,
                      const Situation& situation, Scratch& scratch) {
  const Routes routes = room.routes(session);
  seen_ = session;
  const Policy& policy = situation.policy;
  const Congestion::Seen seen = congestion_.update(session, policy.max_queue_us, situation.now_ns);
  protection_.update(
      {seen_.loss, seen_.loss_floor, seen_.burst, seen_.round_trip_us, seen.is_standing},
      policy.protect_loss, situation.now_ns);
  shedding_.update(seen_.lane_load, policy.overload, situation.now_ns);
  sort_routes(routes, scratch);
  const uint64_t full_bps = price_routes(routes, situation, scratch);
  budget_.update(scratch.wants, full_bps,
                 {.has_feedback = seen_.link == VECHE_LINK_FEEDBACK,
                  .capacity_bps = seen_.capacity_bps,
                  .used_bps = seen_.used_bps,
                  .loss = seen_.loss,
                  .congestion = seen},
                 policy.mode == Mode::All, situation.now_ns, scratch.given);
  write_routes(room, routes, situation, scratch);
  tell_needs(routes, scratch);
  judge_quality(routes, scratch, situation.now_ns);
  decided_.wish_bps = budget_.wish_bps();
  room.decision(session) = decided_;
  remember(scratch, situation.now_ns);
}

void Listener::sort_routes(const Routes& routes, Scratch& scratch) const {
  scratch.order.clear();
  for (uint32_t i = 0; i < routes.size(); ++i) scratch.order.push_back(i);
  std::sort(scratch.order.begin(), scratch.order.end(), [&](uint32_t a, uint32_t b) {
    const uint32_t rank_a = rank(routes[a]), rank_b = rank(routes[b]);
    return rank_a != rank_b ? rank_a < rank_b : a < b;
  });
}

uint64_t Listener::price_routes(const Routes& routes, const Situation& situation,
                                Scratch& scratch) const {
  const bool is_shed = shedding_.level() >= Shedding::kNoRedundancy;
  const uint8_t needed =
      is_shed ? 0 : std::min(protection_.wanted().repeated, situation.policy.max_redundancy);
  scratch.wants.clear();
  scratch.entries.clear();
  uint64_t saved_bps = 0;
  for (const uint32_t i : scratch.order) {
    const veche_controlled_route& route = routes[i];
    Want want{.price_bps = route.price_bps};
    const uint32_t entry = scratch.find(route.track);
    scratch.entries.push_back(entry);
    bool is_encrypted = false;
    if (entry < scratch.tracks.size()) {
      const TrackEntry& track = scratch.tracks[entry];
      is_encrypted = (track.track->flags & VECHE_TRACK_ENCRYPTED) != 0;
      want.price_bps = std::max(want.price_bps, track.publisher->price_bps());
      want.repeat_bps = with_headers(track.publisher->repeat_bps());
      const uint32_t full_bps = track.publisher->full_price_bps();
      saved_bps += full_bps > want.price_bps ? full_bps - want.price_bps : 0;
    }
    const bool is_able = (route.flags & VECHE_ROUTE_ABLE_REDUNDANCY) != 0 && !is_encrypted;
    want.repeated = is_able ? needed : uint8_t{0};
    scratch.wants.push_back(want);
  }
  scratch.given.assign(scratch.wants.size(), Given{});
  return whole_price(scratch.wants) + saved_bps;
}

Listener::Shared Listener::what_all_share(const Situation& situation) const {
  const uint8_t shed = shedding_.level();
  const Protected wanted = protection_.wanted();
  Shared shared;
  shared.is_first_only = shed >= Shedding::kFewerSlots && situation.is_in_largest_room &&
                         situation.policy.mode == Mode::All;
  shared.resends = wanted.resends && shed < Shedding::kNoRetransmission;
  // What the publisher repeats of its own accord has a price, too.
  shared.unasked = budget_.is_limited() || shed >= Shedding::kNoRedundancy
                       ? VECHE_PROTECT_NONE
                       : VECHE_PROTECT_AS_PUBLISHED;
  shared.is_shed = shed >= Shedding::kNoRetransmission ||
                   (shed >= Shedding::kNoRedundancy && wanted.repeated > 0);
  if (!wanted.resends) shared.unresent = protection_.is_near() ? Reason::Congestion : Reason::Delay;
  return shared;
}

Reason Listener::reason_for(const Shared& shared, const Want& want, const Given& given,
                            bool can_resend) {
  if (!given.is_on || given.repeated < want.repeated) return Reason::Congestion;
  if (shared.is_shed) return Reason::Overload;
  if (given.repeated > 0) return Reason::Loss;
  return can_resend ? shared.unresent : Reason::None;
}

void Listener::write_routes(const RoomControl& room, const Routes& routes,
                            const Situation& situation, Scratch& scratch) {
  const Shared shared = what_all_share(situation);
  routes_.resize(routes.size());
  cut_ = protected_ = 0;
  for (size_t k = 0; k < scratch.order.size(); ++k) {
    const veche_controlled_route& route = routes[scratch.order[k]];
    const bool can_resend = (route.flags & VECHE_ROUTE_ABLE_RETRANSMISSION) != 0;
    Given& given = scratch.given[k];
    const Reason reason = reason_for(shared, scratch.wants[k], given, can_resend);
    if (shared.is_first_only && k > 0) given = {false, 0};
    veche_route_decision decided{};
    decided.target = given.is_on ? VECHE_TARGET_ALL : VECHE_TARGET_OFF;
    decided.protection = given.repeated > 0 ? given.repeated : shared.unasked;
    if (can_resend && shared.resends) decided.protection |= VECHE_PROTECT_RETRANSMIT;
    decided.reason = index_of(reason);
    cut_ += given.is_on ? 0 : 1;
    protected_ += given.repeated > 0 ? 1 : 0;
    room.decision(route) = decided;
    routes_[scratch.order[k]] = {route.participant, route.slot, scratch.wants[k].price_bps,
                                 decided};
  }
}

void Listener::tell_needs(const Routes& routes, Scratch& scratch) const {
  const uint32_t budget_bps = budget_.bps();
  if (seen_.loss < kLeastNeed && budget_bps == 0) return;
  uint32_t voices = 0;
  for (const uint32_t i : scratch.order) voices += (routes[i].flags & kVoice) != 0 ? 1 : 0;
  for (size_t k = 0; k < scratch.order.size(); ++k) {
    const uint32_t entry = scratch.entries[k];
    if (entry >= scratch.tracks.size()) continue;
    const Given& given = scratch.given[k];
    const float left = left_after(seen_.loss, seen_.burst, given.repeated);
    if (given.is_on && left >= kLeastNeed) scratch.losses.push_back({entry, left, 0});
    if (budget_bps != 0 && (routes[scratch.order[k]].flags & kVoice) != 0)
      scratch.shares.push_back({entry, 0, budget_bps / voices});
  }
}

void Listener::judge_quality(const Routes& routes, const Scratch& scratch, int64_t now_ns) {
  Symptoms symptoms{.is_known = seen_.link != VECHE_LINK_UNKNOWN,
                    .loss = seen_.loss,
                    .is_protected = !scratch.given.empty() && scratch.given[0].repeated > 0,
                    .queue_us = congestion_.seen().queue_us,
                    .round_trip_us = seen_.round_trip_us,
                    .jitter_us = seen_.jitter_us};
  for (size_t k = 0; k < scratch.order.size(); ++k) {
    if (scratch.given[k].is_on || (routes[scratch.order[k]].flags & kVoice) == 0) continue;
    symptoms.cut = static_cast<Reason>(routes_[scratch.order[k]].decision.reason);
    break;
  }
  const Quality quality = quality_.update(symptoms, now_ns);
  decided_.quality = quality.word;
  decided_.reason = index_of(quality.reason);
}

void Listener::remember(const Scratch& scratch, int64_t now_ns) {
  if (!history_.is_due(now_ns)) return;
  const auto small = [](size_t count) {
    return static_cast<uint8_t>(std::min<size_t>(count, 255));
  };
  history_.add({.at_ns = now_ns,
                .capacity_bps = seen_.capacity_bps,
                .used_bps = seen_.used_bps,
                .budget_bps = budget_.bps(),
                .queue_us = congestion_.seen().queue_us,
                .loss = seen_.loss,
                .on = small(scratch.given.size() - cut_),
                .cut = small(cut_),
                .repeated = scratch.given.empty() ? uint8_t{0} : scratch.given[0].repeated,
                .quality = static_cast<uint8_t>(decided_.quality)});
}

}  // namespace veche::adaptive
