// SPDX-License-Identifier: Apache-2.0
// The offset of a publisher's NTP clock from our monotonic one.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace veche::rtp {

/// One for each participant: its tracks share the offset, so that they stay in sync. Every sender
/// report of any track is a measurement that is late by its network delay. The minimum of the last
/// 30 to 60 seconds is used, so neither jitter nor clock drift matters. The shortest network delay
/// remains, the same for all tracks. One thread.
class ParticipantClock {
 public:
  /// An NTP time of 0 means that the publisher has none (RFC 3550 section 6.4.1).
  void on_sender_report(uint64_t ntp, int64_t arrival_ns) noexcept;
  /// Our time minus the publisher's; nothing before the first report.
  std::optional<int64_t> offset_ns() const noexcept;

  static constexpr int64_t kWindowNs = 30 * kNsPerS;
  /// A larger deviation means that the clock was adjusted, and resets the offset.
  static constexpr int64_t kMaxStepNs = 5 * kNsPerS;

 private:
  bool started_ = false;
  int64_t window_begin_ns_ = 0;
  int64_t current_ns_ = 0;  ///< The minimum of this window...
  int64_t before_ns_ = 0;   ///< ...and of the previous one.
};

}  // namespace veche::rtp
