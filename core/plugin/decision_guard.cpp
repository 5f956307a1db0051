// SPDX-License-Identifier: Apache-2.0
// One check for each value of a decision.
#include "plugin/decision_guard.hpp"

#include <algorithm>

namespace veche::plugin {
namespace {

/// Opus ends at 510 kbit/s (RFC 6716 section 2.1.1); a higher rate is a mistake.
constexpr uint32_t kMaxBitrateBps = 510'000;
constexpr uint32_t kMostDtx = 2;
constexpr uint32_t kKnownProtection = VECHE_PROTECT_REDUNDANCY | VECHE_PROTECT_RETRANSMIT;

class Guard {
 public:
  explicit Guard(uint32_t reason_count) : reason_count_(reason_count) {}

  void check(veche_session_decision& decided) {
    if (decided.quality > VECHE_QUALITY_POOR) correct(decided.quality, VECHE_QUALITY_UNKNOWN);
    check_reason(decided.reason);
  }

  void check(const veche_controlled_route& route, veche_route_decision& decided) {
    // Layers are for tracks that have some; voice has none.
    if (decided.target != VECHE_TARGET_ALL && decided.target != VECHE_TARGET_OFF) {
      correct(decided.target, VECHE_TARGET_ALL);
    }
    const uint32_t possible = possible_protection(route.flags, decided.protection);
    if (decided.protection != possible) correct(decided.protection, possible);
    check_reason(decided.reason);
  }

  void check(veche_track_decision& decided) {
    if (decided.max_bitrate_bps > kMaxBitrateBps) correct(decided.max_bitrate_bps, kMaxBitrateBps);
    const uint32_t ms = decided.packet_ms;
    if (ms != 0 && ms != 20 && ms != 40 && ms != 60) correct(decided.packet_ms, 0u);
    if (decided.dtx > kMostDtx) correct(decided.dtx, 0u);
    // Not a number is neither.
    if (!(decided.reported_loss >= 0 && decided.reported_loss <= 1)) {
      correct(decided.reported_loss, decided.reported_loss > 1 ? 1.0f : 0.0f);
    }
    check_reason(decided.reason);
  }

  uint64_t corrected() const { return corrected_; }

 private:
  template <class T>
  void correct(T& value, T possible) {
    value = possible;
    ++corrected_;
  }

  void check_reason(uint32_t& reason) {
    if (reason >= reason_count_) correct(reason, 0u);
  }

  static uint32_t possible_protection(uint32_t route_flags, uint32_t decided) {
    uint32_t possible = decided & kKnownProtection;
    const uint32_t repeated = possible & VECHE_PROTECT_REDUNDANCY;
    const bool adds = repeated == VECHE_PROTECT_ONE || repeated == VECHE_PROTECT_TWO;
    if (adds && (route_flags & VECHE_ROUTE_ABLE_REDUNDANCY) == 0) {
      possible |= VECHE_PROTECT_AS_PUBLISHED;
    }
    if ((route_flags & VECHE_ROUTE_ABLE_RETRANSMISSION) == 0) possible &= ~VECHE_PROTECT_RETRANSMIT;
    return possible;
  }

  const uint32_t reason_count_;
  uint64_t corrected_ = 0;
};

const veche_controlled_route& route_at(const veche_controlled_room& room, uint32_t i) {
  return *VECHE_AT(const veche_controlled_route, room.routes, room.route_stride, i);
}
veche_session_decision& session_at(const veche_room_decision& decision, uint32_t i) {
  return *VECHE_AT(veche_session_decision, decision.sessions, decision.session_stride, i);
}
veche_route_decision& route_at(const veche_room_decision& decision, uint32_t i) {
  return *VECHE_AT(veche_route_decision, decision.routes, decision.route_stride, i);
}
veche_track_decision& track_at(const veche_room_decision& decision, uint32_t i) {
  return *VECHE_AT(veche_track_decision, decision.tracks, decision.track_stride, i);
}

}  // namespace

uint64_t guard_decision(const veche_controlled_room& room, const veche_room_decision& decision,
                        uint32_t reason_count) {
  Guard guard(reason_count);
  for (uint32_t i = 0; i < room.session_count; ++i) guard.check(session_at(decision, i));
  for (uint32_t i = 0; i < room.route_count; ++i) {
    guard.check(route_at(room, i), route_at(decision, i));
  }
  for (uint32_t i = 0; i < room.track_count; ++i) guard.check(track_at(decision, i));
  return guard.corrected();
}

}  // namespace veche::plugin
