// SPDX-License-Identifier: Apache-2.0
// The capture time of a track's samples, on our monotonic clock.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "rtp/rtcp/participant_clock.hpp"

namespace veche::rtp {

/// One for each published track. The receiving lane asks it once per packet, and the answer travels
/// with the packet to every slot, whose SenderStatistics write it into their sender reports. So the
/// publisher's timing survives a change of source. One thread.
class CaptureClock {
 public:
  explicit CaptureClock(uint32_t clock_rate) noexcept;

  /// The publisher's report of this track; it updates the participant's clock too.
  void on_sender_report(uint64_t ntp, uint32_t timestamp) noexcept;
  void on_packet(uint32_t timestamp, int64_t arrival_ns) noexcept;

  struct Capture {
    int64_t ns = 0;
    bool is_reported = false;
  };
  /// By the last sender report. Without one, or if it contradicts the arrival by more than
  /// kMaxDisagreementNs, the last packet's arrival plus the timestamps' distance.
  Capture capture(uint32_t timestamp, const ParticipantClock& participant) const noexcept;
  int64_t capture_ns(uint32_t timestamp, const ParticipantClock& participant) const noexcept {
    return capture(timestamp, participant).ns;
  }

  static constexpr int64_t kMaxDisagreementNs = 10 * kNsPerS;

 private:
  struct Report {
    int64_t publisher_ns = 0;
    uint32_t timestamp = 0;
  };
  uint32_t clock_rate_;
  std::optional<Report> report_;
  uint32_t last_timestamp_ = 0;
  int64_t last_arrival_ns_ = 0;
};

}  // namespace veche::rtp
