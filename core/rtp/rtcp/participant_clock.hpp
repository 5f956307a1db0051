// SPDX-License-Identifier: Apache-2.0
// How far a publisher's NTP clock is from our monotonic one.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace veche::rtp {

/// One of each participant: its tracks share the offset, so that they stay in sync. Every sender
/// report of any track is a measurement, too late by its way through the network; the least of the
/// last 30 to 60 seconds is taken, so that neither jitter nor drift of the clocks matters. What
/// remains is the shortest way through the network, the same for all tracks. One thread.
class ParticipantClock {
 public:
  /// An NTP time of 0 says that the publisher has none (RFC 3550 section 6.4.1).
  void on_sender_report(uint64_t ntp, int64_t arrival_ns) noexcept;
  /// Our time minus the publisher's; nothing before the first report.
  std::optional<int64_t> offset_ns() const noexcept;

  static constexpr int64_t kWindowNs = 30 * kNsPerS;
  /// What lies further from the offset is a clock that was put right, and begins anew.
  static constexpr int64_t kMaxStepNs = 5 * kNsPerS;

 private:
  bool started_ = false;
  int64_t window_begin_ns_ = 0;
  int64_t current_ns_ = 0;  ///< The least of this window...
  int64_t before_ns_ = 0;   ///< ...and of the one before.
};

}  // namespace veche::rtp
