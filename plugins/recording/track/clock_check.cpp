// SPDX-License-Identifier: Apache-2.0
// Ticks of a window, divided by its time.
#include "recording/track/clock_check.hpp"

#include <array>
#include <cstdlib>

#include "recording/clock.hpp"

namespace veche::recording {
namespace {

constexpr int64_t kWindowNs = 2 * kNsPerS;
constexpr int kAgreeing = 3;
/// A longer pause between two packets says nothing: some senders count on, others do not.
constexpr int64_t kMostPauseNs = kNsPerS;
/// Clocks of sound drift by far less, and jitter moves the ends of a window by less.
constexpr int64_t kWrongShare = 4;
/// Two windows measure the same, or a usual rate is meant.
constexpr int64_t kSameShare = 8;
constexpr std::array<uint32_t, 7> kUsualHz{8'000, 12'000, 16'000, 24'000, 32'000, 90'000, 96'000};

bool is_near(int64_t value, int64_t other, int64_t share) {
  return std::abs(value - other) <= other / share;
}

}  // namespace

void ClockCheck::begin_source() noexcept {
  is_started_ = false;
  ticks_ = elapsed_ns_ = suspect_hz_ = 0;
  agreeing_ = 0;
}

std::optional<ClockCheck::Finding> ClockCheck::observe(const Packet& packet) noexcept {
  if (is_done_) return std::nullopt;
  const int64_t ticks = static_cast<int32_t>(packet.timestamp - timestamp_);
  const int64_t elapsed_ns = packet.arrival_ns - arrival_ns_;
  const bool is_usable = is_started_ && elapsed_ns <= kMostPauseNs &&
                         std::abs(ticks) <= int64_t{clock_rate_} * 2 * kMostPauseNs / kNsPerS;
  is_started_ = true;
  timestamp_ = packet.timestamp;
  arrival_ns_ = packet.arrival_ns;
  if (!is_usable) return std::nullopt;
  ticks_ += ticks;
  elapsed_ns_ += elapsed_ns;
  return elapsed_ns_ >= kWindowNs ? end_window() : std::nullopt;
}

std::optional<ClockCheck::Finding> ClockCheck::end_window() noexcept {
  const int64_t hz = ticks_ * 1'000'000 / (elapsed_ns_ / 1'000);
  ticks_ = elapsed_ns_ = 0;
  const int64_t before_hz = suspect_hz_;
  suspect_hz_ = hz > 0 && !is_near(hz, clock_rate_, kWrongShare) ? hz : 0;
  if (suspect_hz_ == 0) {
    agreeing_ = 0;
    return std::nullopt;
  }
  agreeing_ = before_hz > 0 && is_near(hz, before_hz, kSameShare) ? agreeing_ + 1 : 1;
  if (agreeing_ < kAgreeing) return std::nullopt;
  is_done_ = true;
  Finding finding{.measured_hz = static_cast<uint32_t>(hz)};
  for (const int64_t usual : kUsualHz) {
    if (usual == clock_rate_ || !is_near(hz, usual, kSameShare)) continue;
    const int64_t best = finding.likely_hz;
    if (best == 0 || std::abs(hz - usual) < std::abs(hz - best)) {
      finding.likely_hz = static_cast<uint32_t>(usual);
    }
  }
  return finding;
}

}  // namespace veche::recording
