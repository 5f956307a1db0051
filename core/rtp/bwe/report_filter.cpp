// SPDX-License-Identifier: Apache-2.0
// Keeps losses and round trips of receiver reports within what they can be.
#include "rtp/bwe/report_filter.hpp"

#include <algorithm>

#include "rtp/bwe/link_state.hpp"

namespace veche::rtp {

void ReportFilter::add(const LinkReport& report, int64_t now_us) noexcept {
  newest_us_ = now_us;
  jitter_us_ = report.jitter_us;
  // A report may say anything, but no packet is lost twice, and an absent one is not lost here.
  const int64_t expected = std::clamp<int64_t>(report.expected, 0, kMostPackets);
  const int64_t absent = std::clamp<int64_t>(report.absent, 0, expected);
  const int64_t sent = expected - absent;
  const int64_t told = std::clamp<int64_t>(report.lost, 0, kMostPackets);
  const int64_t lost = std::clamp<int64_t>(told - absent, 0, sent);
  loss_.add_lost(static_cast<uint32_t>(lost), now_us);
  loss_.add_received(static_cast<uint32_t>(sent - lost), now_us);

  if (report.round_trip_us > 0 && report.round_trip_us <= kMostRoundTripUs) {
    add_round_trip(report.round_trip_us, now_us);
  }
}

void ReportFilter::add_round_trip(uint32_t round_trip_us, int64_t now_us) noexcept {
  shortest_.add(round_trip_us, now_us);
  const int64_t passed_us = now_us - round_trip_at_us_;
  if (passed_us < kStepUs) return;  // Another block of the same datagram.
  const int64_t longer_us = int64_t{round_trip_us} - round_trips_us_[newest_];
  growth_ = round_trips_us_[newest_] == 0
                ? 0
                : static_cast<uint32_t>(std::clamp<int64_t>(longer_us * LinkState::kOne / passed_us,
                                                            0, LinkState::kOne * 15 / 16));
  round_trip_at_us_ = now_us;
  newest_ = (newest_ + 1) % round_trips_us_.size();
  round_trips_us_[newest_] = round_trip_us;
  longer_way_.add(round_trip_us, jitter_us_);
}

uint32_t ReportFilter::queue_us() const noexcept {
  const uint32_t lowest_us = *std::min_element(round_trips_us_.begin(), round_trips_us_.end());
  const auto shortest = shortest_.best();
  if (lowest_us == 0 || !shortest || lowest_us <= *shortest) return 0;
  return lowest_us - static_cast<uint32_t>(*shortest);
}

}  // namespace veche::rtp
