// SPDX-License-Identifier: Apache-2.0
// What receiver reports tell about a link whose client sends no transport-wide feedback.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/bwe/longer_way.hpp"
#include "rtp/bwe/loss_filter.hpp"
#include "rtp/bwe/windowed_best.hpp"

namespace veche::rtp {

/// The news of receiver reports about one session; see Estimator::on_report().
struct LinkReport {
  int64_t expected = 0;  ///< Packets since the last report, by the report.
  int64_t lost = 0;      ///< Of these; negative if duplicates arrived.
  /// Of these, packets that the server never had: what was lost on the way from their publisher is
  /// no fault of this link.
  int64_t absent = 0;
  uint32_t jitter_us = 0;
  uint32_t round_trip_us = 0;  ///< 0: unknown.
};

/// Reports are seconds apart, so all of it is slower than what feedback tells.
class ReportFilter {
 public:
  void add(const LinkReport& report, int64_t now_us) noexcept;

  LossFilter& loss() noexcept { return loss_; }
  /// The lowest of the newest round trips above the lowest of 30 s: of both directions.
  uint32_t queue_us() const noexcept;
  /// The round trip has become longer, and stayed so for four reports.
  bool has_longer_way() const noexcept { return longer_way_.found().has_value(); }
  /// That is the round trip without a queue from now on.
  void accept_longer_way(int64_t now_us) noexcept { longer_way_.accept(shortest_, now_us); }
  /// The part of the time between the last two round trips by which the second is longer, in
  /// 1/65536: the part of what was sent then that did not arrive then.
  uint32_t growth() const noexcept { return growth_; }
  uint32_t round_trip_us() const noexcept { return round_trips_us_[newest_]; }
  uint32_t jitter_us() const noexcept { return jitter_us_; }
  /// Of the last report; negative if there was none.
  int64_t newest_us() const noexcept { return newest_us_; }

  /// No report counts more packets, whatever it says.
  static constexpr int64_t kMostPackets = 100'000;
  static constexpr uint32_t kMostRoundTripUs = 60'000'000;

 private:
  static constexpr int64_t kStepUs = 500'000;
  void add_round_trip(uint32_t round_trip_us, int64_t now_us) noexcept;
  static constexpr int64_t kSliceUs = 2'500'000;

  LossFilter loss_{kSliceUs};
  WindowedLowest shortest_{30'000'000};
  std::array<uint32_t, 2> round_trips_us_{};  ///< The newest; 0: none yet.
  LongerWay longer_way_{{.flat_us = 15'000, .jump_us = 30'000, .levels = 4}};
  int64_t round_trip_at_us_ = 0;
  uint32_t growth_ = 0;
  size_t newest_ = 0;
  uint32_t jitter_us_ = 0;
  int64_t newest_us_ = -1;
};

}  // namespace veche::rtp
