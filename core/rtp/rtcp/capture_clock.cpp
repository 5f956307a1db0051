// SPDX-License-Identifier: Apache-2.0
// Maps a publisher's timestamps to its NTP time, and its NTP time to our clock.
#include "rtp/rtcp/capture_clock.hpp"

#include <cassert>
#include <cstdlib>

#include "rtp/rtcp/ntp.hpp"
#include "rtp/ticks.hpp"

namespace veche::rtp {

CaptureClock::CaptureClock(uint32_t clock_rate) noexcept : clock_rate_(clock_rate) {
  assert(clock_rate > 0);
}

void CaptureClock::on_sender_report(uint64_t ntp, uint32_t timestamp) noexcept {
  if (ntp == 0) return;
  report_ = {.publisher_ns = ntp_to_ns(ntp), .timestamp = timestamp};
}

void CaptureClock::on_packet(uint32_t timestamp, int64_t arrival_ns) noexcept {
  last_timestamp_ = timestamp;
  last_arrival_ns_ = arrival_ns;
}

CaptureClock::Capture CaptureClock::capture(uint32_t timestamp,
                                            const ParticipantClock& participant) const noexcept {
  const int64_t by_arrival =
      last_arrival_ns_ + ticks_to_ns(timestamp_distance(last_timestamp_, timestamp), clock_rate_);
  const auto offset = participant.offset_ns();
  if (!report_ || !offset) return {by_arrival, false};
  const int64_t by_report =
      report_->publisher_ns +
      ticks_to_ns(timestamp_distance(report_->timestamp, timestamp), clock_rate_) + *offset;
  if (std::abs(by_report - by_arrival) > kMaxDisagreementNs) return {by_arrival, false};
  return {by_report, true};
}

}  // namespace veche::rtp
