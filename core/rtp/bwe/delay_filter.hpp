// SPDX-License-Identifier: Apache-2.0
// How long packets wait on their way, by the clocks of both ends.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/bwe/drain_slope.hpp"
#include "rtp/bwe/longer_way.hpp"
#include "rtp/bwe/windowed_best.hpp"

namespace veche::rtp {

/// The clocks' offset is unknown, so the shortest way of 30 s counts as the way without a queue. A
/// receiver's clock that drifts by 100 ppm adds 3 ms in that time.
class DelayFilter {
 public:
  /// A packet arrived. Returns how long it waited, over the shortest way. A clock that jumps starts
  /// anew.
  int64_t add(int64_t sent_us, int64_t arrival_us) noexcept;

  /// The queue that stands: what the luckiest packet of the newest interval waited. Packets that a
  /// radio holds back and releases together show no queue, because the last of them did not wait.
  uint32_t queue_us() const noexcept;
  /// The way has become longer and stayed so for 1.5 s.
  bool has_longer_way() const noexcept { return longer_way_.found().has_value(); }
  /// It is certain that pauses made it no shorter.
  bool never_drains() const noexcept { return slope_.is_flat(); }
  /// That is the way without a queue from now on.
  void accept_longer_way(int64_t now_us) noexcept { longer_way_.accept(shortest_, now_us); }
  /// Of the time between packets (RFC 3550 section 6.4.1).
  uint32_t jitter_us() const noexcept { return static_cast<uint32_t>(jitter_us_16_ / 16); }

  static constexpr int64_t kWindowUs = 30'000'000;
  /// The interval has this length, and this many packets.
  static constexpr int64_t kIntervalUs = 200'000;
  static constexpr uint32_t kIntervalPackets = 4;
  static constexpr int64_t kJumpUs = 10'000'000;

 private:
  static constexpr int64_t kSliceUs = 50'000;
  static constexpr size_t kSlices = 8;
  struct Slice {
    int64_t index = 0;  ///< Of its time of arrival.
    int64_t lowest_us = 0;
    uint32_t packets = 0;
  };
  static constexpr int64_t kLevelUs = 250'000;
  void add_to_level(int64_t arrival_us, int64_t way_us) noexcept;
  void add_to_slice(int64_t arrival_us, int64_t way_us) noexcept;
  void clear() noexcept;

  WindowedLowest shortest_{kWindowUs};
  std::array<Slice, kSlices> slices_{};  ///< A ring of those with packets.
  size_t newest_ = 0;
  LongerWay longer_way_{{.flat_us = 4'000, .jump_us = 15'000, .levels = 6}};
  DrainSlope slope_;  ///< Of that level's packets.
  /// The shortest way since then, which is a time of arrival.
  int64_t level_us_ = 0, level_begin_us_ = 0;
  uint32_t level_packets_ = 0;
  int64_t last_way_us_ = 0, last_sent_us_ = 0;
  int64_t jitter_us_16_ = 0;  ///< In 1/16.
};

}  // namespace veche::rtp
