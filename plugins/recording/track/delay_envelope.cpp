// SPDX-License-Identifier: Apache-2.0
// Follows the least delay of windows of 5 s.
#include "recording/track/delay_envelope.hpp"

#include <algorithm>

namespace veche::recording {
namespace {

/// A rise counts by this share in each window: at 100 ppm the offset is 4 ms too low.
constexpr int64_t kRiseShare = 8;
constexpr int64_t kPauseNs = 2 * DelayEnvelope::kWindowNs;
/// Quartz is within 100 ppm, two of them within twice that.
constexpr int64_t kMaxDriftPpb = 200'000;
/// The error that a learnt drift may have.
constexpr int64_t kDriftErrorPpb = 20'000;
/// The drift is measured from the end of the first period on, and known after the second.
constexpr int64_t kSettleNs = 20'000'000'000, kLearnNs = 120'000'000'000;

/// How far apart two clocks are after a time; does not overflow within a year.
int64_t drifted_ns(int64_t time_ns, int64_t ppb) { return time_ns / 1'000 * ppb / 1'000'000; }

}  // namespace

void DelayEnvelope::observe(int64_t at_ns, int64_t offset_ns) noexcept {
  if (!is_started_) {
    is_started_ = true;
    base_ns_ = window_least_ns_ = offset_ns;
    route_ns_ = 0;
    window_begin_ns_ = last_ns_ = at_ns;
    drift_since_ns_ = at_ns + kSettleNs;
    high_windows_ = 0;
    tolerance_ns_ = kStepNs;
    return;
  }
  if (at_ns - last_ns_ > kPauseNs) bridge_pause(at_ns - last_ns_);
  last_ns_ = std::max(last_ns_, at_ns);
  window_least_ns_ = std::min(window_least_ns_, offset_ns);
  if (offset_ns < expected_ns()) fall(expected_ns() - offset_ns);
  if (at_ns - window_begin_ns_ < kWindowNs) return;
  end_window();
  window_begin_ns_ = at_ns;
  window_least_ns_ = INT64_MAX;
}

void DelayEnvelope::fall(int64_t by_ns) noexcept {
  if (by_ns > kStepNs) route_back_windows_ = 2;
  const int64_t kept_ns = route_back_windows_ > 0 ? 0 : known_route_ns_;
  const int64_t shorter_ns = std::clamp<int64_t>(route_ns_ - kept_ns, 0, by_ns);
  route_ns_ -= shorter_ns;
  by_ns -= shorter_ns;
  base_ns_ -= by_ns;
}

void DelayEnvelope::end_window() noexcept {
  if (route_back_windows_ > 0) --route_back_windows_;
  const int64_t rise_ns = std::max<int64_t>(window_least_ns_ - expected_ns(), 0);
  if (rise_ns >= tolerance_ns_) {
    rise_ns_ = high_windows_ > 0 ? std::min(rise_ns_, rise_ns) : rise_ns;
    ++high_windows_;
    return;
  }
  base_ns_ += rise_ns < kStepNs ? rise_ns / kRiseShare : rise_ns;
  high_windows_ = 0;
  tolerance_ns_ = kStepNs;
  learn_drift();
}

/// The clocks drift on while no packet comes.
void DelayEnvelope::bridge_pause(int64_t pause_ns) noexcept {
  base_ns_ += drifted_ns(pause_ns, drift_ppb_);
  tolerance_ns_ += drifted_ns(pause_ns, is_drift_known_ ? kDriftErrorPpb : kMaxDriftPpb);
  window_begin_ns_ += pause_ns;
  window_least_ns_ = INT64_MAX;
}

void DelayEnvelope::learn_drift() noexcept {
  const int64_t time_ns = last_ns_ - drift_since_ns_;
  if (time_ns < kWindowNs) drift_from_ns_ = base_ns_;
  if (time_ns < kLearnNs) return;
  drift_ppb_ = std::clamp((base_ns_ - drift_from_ns_) / (time_ns / 1'000'000'000), -kMaxDriftPpb,
                          kMaxDriftPpb);
  is_drift_known_ = true;
}

void DelayEnvelope::absorb(int64_t most_ns) noexcept {
  route_ns_ += std::min(rise_ns_, most_ns);
  high_windows_ = 0;
  tolerance_ns_ = kStepNs;
}

void DelayEnvelope::follow() noexcept {
  base_ns_ += rise_ns_;
  drift_from_ns_ += rise_ns_;  // A step is not drift.
  high_windows_ = 0;
  tolerance_ns_ = kStepNs;
}

}  // namespace veche::recording
