// SPDX-License-Identifier: Apache-2.0
// Shows each controller its part of a room, and puts their decisions together.
#include "room/controllers.hpp"

#include <algorithm>
#include <cassert>

namespace veche::room {
namespace {

/// Decisions of one controller, with its reasons among those of all.
template <class Decision>
Decision among_all(Decision decided, uint32_t first_reason) {
  if (decided.reason != 0) decided.reason += first_reason - 1;
  return decided;
}

/// Of the routes or tracks that are `shown`, those of one kind are its, in the same order.
template <class Shown, class Decision>
void put_part(const std::vector<Shown>& shown, uint32_t kind, const std::vector<Decision>& decided,
              uint32_t first_reason, std::vector<Decision>& merged) {
  auto next = decided.begin();
  for (size_t i = 0; i < shown.size(); ++i) {
    if (shown[i].kind == kind) merged[i] = among_all(*next++, first_reason);
  }
}

void put_session(const veche_session_decision& decided, bool is_first,
                 veche_session_decision& merged) {
  const uint32_t wish_bps = std::max(merged.wish_bps, decided.wish_bps);
  if (is_first || decided.quality > merged.quality) merged = decided;
  merged.wish_bps = wish_bps;
}

}  // namespace

void Controllers::add(Controller& controller) {
  const auto before = std::find_if(all_.begin(), all_.end(), [&](const Controller* other) {
    return other->kind() > controller.kind();
  });
  all_.insert(before, &controller);
  assert(all_.size() == 1 ||
         std::all_of(all_.begin(), all_.end(), [](const auto* each) { return each->kind() != 0; }));
  collect_reasons();
}

void Controllers::remove(Controller& controller) {
  std::erase(all_, &controller);
  collect_reasons();
}

void Controllers::collect_reasons() {
  reasons_ = {""};
  for (const Controller* each : all_) {
    const std::vector<std::string>& own = each->reasons();
    reasons_.insert(reasons_.end(), own.begin() + 1, own.end());
  }
}

void Controllers::ask(ControlledRoom& room, RoomId id, const std::string& name, int64_t now_ns) {
  if (all_.size() == 1 && all_[0]->kind() == 0) return room.ask(*all_[0], id, name, now_ns);
  room.reset_decisions();
  uint32_t first_reason = 1;
  for (Controller* each : all_) {
    part_.show_part(room, each->kind());
    part_.ask(*each, id, name, now_ns);
    for (size_t i = 0; i < room.sessions.size(); ++i) {
      put_session(among_all(part_.session_decisions[i], first_reason), each == all_.front(),
                  room.session_decisions[i]);
    }
    put_part(room.routes, each->kind(), part_.route_decisions, first_reason, room.route_decisions);
    put_part(room.tracks, each->kind(), part_.track_decisions, first_reason, room.track_decisions);
    first_reason += static_cast<uint32_t>(each->reasons().size()) - 1;
  }
}

void Controllers::forget(SessionId session) {
  for (Controller* each : all_) each->forget(session);
}

void Controllers::forget(RoomId room) {
  for (Controller* each : all_) each->forget(room);
}

}  // namespace veche::room
