// SPDX-License-Identifier: Apache-2.0
// Notices a sender whose RTP timestamps do not count at the rate that its codec needs.
#pragma once

#include <cstdint>
#include <optional>

#include "recording/track/packet.hpp"

namespace veche::recording {

/// Compares timestamps with arrivals, a window of 2 s after the other. Losses, jitter, DTX and
/// mutes do not disturb it, and neither does a sender that restarts. One thread.
class ClockCheck {
 public:
  explicit ClockCheck(uint32_t clock_rate) noexcept : clock_rate_(clock_rate) {}

  struct Finding {
    uint32_t measured_hz = 0;
    uint32_t likely_hz = 0;  ///< The usual rate that it must be; 0: it is none of them.
  };
  /// Each packet as it arrives. The finding comes once, when several windows in a row agree.
  std::optional<Finding> observe(const Packet& packet) noexcept;
  /// Another source follows.
  void begin_source() noexcept;

 private:
  std::optional<Finding> end_window() noexcept;

  uint32_t clock_rate_;
  bool is_started_ = false, is_done_ = false;
  uint32_t timestamp_ = 0;
  int64_t arrival_ns_ = 0;
  int64_t ticks_ = 0, elapsed_ns_ = 0;  ///< Of the window.
  int64_t suspect_hz_ = 0;              ///< Of the last window; 0: it was as it should be.
  int agreeing_ = 0;                    ///< Windows.
};

}  // namespace veche::recording
