// SPDX-License-Identifier: Apache-2.0
// Thresholds on queue, loss, round trip and jitter, each for a time.
#include "adaptive/congestion.hpp"

#include <algorithm>

namespace veche::adaptive {
namespace {

// The estimate of a queue is of the luckiest packet of 200 ms, so a peak is none.
constexpr int64_t kStands = 200 * kMillisecond;
constexpr int64_t kTowers = 100 * kMillisecond;  // A queue that is this high needs no second look.
constexpr uint32_t kTower = 4;                   // Times the queue that counts.
// Loss is known only after some packets, and its floor later.
constexpr int64_t kLosesFor = kSecond;
constexpr int64_t kClear = 500 * kMillisecond;
constexpr float kFarAboveFloor = 0.1F;
constexpr int64_t kHalfOfBaseline = 15 * kSecond;
constexpr uint32_t kGrownUs = 80'000, kGrownMuchUs = 400'000, kJitterGrownUs = 20'000;

}  // namespace

Congestion::Seen Congestion::update(const veche_controlled_session& session, uint32_t queue_us,
                                    int64_t now_ns) {
  const bool has_feedback = session.link == VECHE_LINK_FEEDBACK;
  bool is_queueing = false, is_losing = false, is_low = true;
  if (has_feedback) {
    seen_.queue_us = session.queue_us;
    is_queueing = session.queue_us >= queue_us;
    is_losing = loses_too_much(session);
    is_low = session.queue_us < queue_us / 2;
  } else if (session.link == VECHE_LINK_REPORTS) {
    is_losing = by_reports(session, now_ns);
    is_low = seen_.queue_us < kGrownUs;
  }
  const bool stands = stands_.holds(is_queueing, kStands, now_ns);
  const bool towers =
      towers_.holds(is_queueing && session.queue_us >= kTower * queue_us, kTowers, now_ns);
  const bool loses = loses_.holds(is_losing, kLosesFor, now_ns);
  seen_.is_standing = stands || towers || loses;
  seen_.is_clear = clears_.holds(!is_queueing && !is_losing && is_low, kClear, now_ns);
  return seen_;
}

bool Congestion::loses_too_much(const veche_controlled_session& session) {
  return session.loss - session.loss_floor >= kFarAboveFloor && session.capacity_bps != 0 &&
         session.capacity_bps < session.used_bps - session.used_bps / 20;
}

bool Congestion::by_reports(const veche_controlled_session& session, int64_t now_ns) {
  const uint32_t lowest_us = round_trip_us_.add(session.round_trip_us, kHalfOfBaseline, now_ns);
  const uint32_t calm_us = jitter_us_.add(session.jitter_us, kHalfOfBaseline, now_ns);
  seen_.queue_us = session.round_trip_us > lowest_us ? session.round_trip_us - lowest_us : 0;
  if (seen_.queue_us >= kGrownMuchUs) return true;
  const bool has_grown =
      seen_.queue_us >= kGrownUs || session.jitter_us >= 2 * uint64_t{calm_us} + kJitterGrownUs;
  return has_grown && session.loss - session.loss_floor >= kFarAboveFloor;
}

}  // namespace veche::adaptive
