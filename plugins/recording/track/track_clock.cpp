// SPDX-License-Identifier: Apache-2.0
// Two envelopes, and a line that follows one of them.
#include "recording/track/track_clock.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <utility>

#include "recording/clock.hpp"

namespace veche::recording {
namespace {

/// A timestamp further from the line is not explained by delay.
constexpr int64_t kJumpNs = kNsPerS;
/// Timestamps older than this do not belong to a stray packet.
constexpr int64_t kStragglerNs = 10 * kNsPerS;
/// A line is still being found for this long, and followed at once.
constexpr int64_t kFreshNs = 2 * kNsPerS;
/// 5 ms in a second is inaudible; a distance of more than 100 ms is corrected within 20 s.
constexpr int64_t kSlewShare = 200, kFarNs = 100 * kNsPerMs, kFarTimeNs = 20 * kNsPerS;
/// Devices and encoders delay packets between capture and arrival. A negative delay is an error of
/// the reports.
constexpr int64_t kMostCaptureDelayNs = 500 * kNsPerMs, kCaptureErrorNs = 5 * kNsPerMs;
/// Packets may come later by this much for good without counting as a stalled sender.
constexpr int64_t kMaxRouteNs = 150 * kNsPerMs;
/// Reports older than this are not trusted.
constexpr int64_t kCaptureLifeNs = 10 * kNsPerS;

}  // namespace

TrackClock::TrackClock(uint32_t clock_rate, int64_t origin_ns) noexcept
    : clock_rate_(clock_rate), origin_ns_(origin_ns) {
  assert(clock_rate > 0);
}

int64_t TrackClock::ticks_ns(int64_t ticks) const noexcept {
  const int64_t rate = clock_rate_;
  return ticks / rate * kNsPerS + ticks % rate * kNsPerS / rate;
}

void TrackClock::observe(const Packet& packet, int64_t span_ns) noexcept {
  const int64_t arrival_ns = packet.arrival_ns - span_ns;
  const int64_t elapsed_ns = is_started_ ? std::max<int64_t>(packet.arrival_ns - now_ns_, 0) : 0;
  now_ns_ = is_started_ ? std::max(now_ns_, packet.arrival_ns) : packet.arrival_ns;
  if (!is_started_ || is_new_source_) begin_line(packet, arrival_ns);
  if (std::exchange(is_new_source_, false)) has_before_ = false;
  int64_t ticks = line_.ticks(packet.timestamp);
  const int64_t late_ns = arrival_ns - ticks_ns(ticks) - arrivals_.expected_ns();
  const bool is_straggler =
      ticks < line_.last_ticks && ticks_ns(line_.last_ticks - ticks) < kStragglerNs;
  if (arrivals_.is_started() && std::abs(late_ns) > kJumpNs) {
    if (is_straggler) return;
    ++restarts_;
    begin_line(packet, arrival_ns);
    ticks = line_.last_ticks;
  }
  if (ticks > line_.last_ticks) {
    line_.last_ticks = ticks;
    line_.last_timestamp = packet.timestamp;
  }
  arrivals_.observe(now_ns_, arrival_ns - ticks_ns(ticks));
  if (packet.capture_ns) captures_.observe(now_ns_, *packet.capture_ns - ticks_ns(ticks));
  judge_steps();
  slew(elapsed_ns);
}

void TrackClock::begin_source(uint32_t clock_rate) noexcept {
  if (!is_started_) return;
  ++restarts_;
  is_new_source_ = true;
  clock_rate_ = clock_rate;
}

void TrackClock::begin_line(const Packet& packet, int64_t arrival_ns) noexcept {
  if (is_started_) {
    before_ = line_;
    has_before_ = true;
  }
  is_started_ = true;
  // The ticks of the two lines do not overlap.
  line_.last_timestamp = packet.timestamp;
  line_.last_ticks += int64_t{clock_rate_} * kStragglerNs / kNsPerS;
  line_.offset_ns = arrival_ns - ticks_ns(line_.last_ticks);
  line_began_ns_ = now_ns_;
  arrivals_.reset();
  captures_.reset();
}

/// A longer route delays the packets, and the reports only when their own envelope has risen, half
/// a minute later. A sender's clock that stalled shows in both at once.
void TrackClock::judge_steps() noexcept {
  if (arrivals_.has_step()) {
    const bool stood_still =
        captures_.rise_ns() >= arrivals_.rise_ns() / 2 && captures_.rise_ns() > 0;
    const bool is_far = arrivals_.absorbed_ns() + arrivals_.rise_ns() > kMaxRouteNs;
    if (stood_still || is_far) {
      arrivals_.follow();
    } else {
      arrivals_.absorb(kMaxRouteNs);
    }
  }
  captures_.expect_absorbed(arrivals_.absorbed_ns());
  if (captures_.has_step()) {
    const int64_t route_ns = arrivals_.absorbed_ns() - captures_.absorbed_ns();
    if (route_ns >= captures_.rise_ns() / 2) {
      captures_.absorb(route_ns);
    } else {
      captures_.follow();
    }
  }
}

int64_t TrackClock::target_ns() const noexcept {
  const int64_t arrival_ns = arrivals_.offset_ns();
  if (!captures_.is_started() || now_ns_ - captures_.last_seen_ns() > kCaptureLifeNs) {
    return arrival_ns;
  }
  const int64_t delay_ns = arrival_ns - captures_.offset_ns();
  const bool is_plausible = delay_ns >= -kCaptureErrorNs && delay_ns <= kMostCaptureDelayNs;
  return is_plausible ? captures_.offset_ns() : arrival_ns;
}

void TrackClock::slew(int64_t elapsed_ns) noexcept {
  const int64_t away_ns = target_ns() - line_.offset_ns;
  if (now_ns_ - line_began_ns_ < kFreshNs) {
    line_.offset_ns += away_ns;
    return;
  }
  const int64_t far_ns = std::clamp<int64_t>(std::abs(away_ns) - kFarNs, 0, 100 * kNsPerS);
  const int64_t elapsed_us = std::min(elapsed_ns, kFarTimeNs) / 1000;
  const int64_t most_ns = elapsed_ns / kSlewShare + far_ns * elapsed_us / (kFarTimeNs / 1000);
  line_.offset_ns += std::clamp(away_ns, -most_ns, most_ns);
}

int64_t TrackClock::time_ns(uint32_t timestamp) noexcept {
  const auto away = [&](const Line& line) {
    return std::abs(int64_t{static_cast<int32_t>(timestamp - line.last_timestamp)});
  };
  const bool is_before = has_before_ && away(before_) < away(line_);
  const Line& line = is_before ? before_ : line_;
  const int64_t ticks = line.ticks(timestamp);
  int64_t time_ns = std::min(ticks_ns(ticks) + line.offset_ns, now_ns_) - origin_ns_;
  if (!has_said_ || ticks >= said_ticks_) {
    if (has_said_) time_ns = std::max(time_ns, said_ns_);
    has_said_ = true;
    said_ticks_ = ticks;
    said_ns_ = time_ns;
  }
  return time_ns;
}

}  // namespace veche::recording
