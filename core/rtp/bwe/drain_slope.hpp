// SPDX-License-Identifier: Apache-2.0
// Tells a queue that this session fills from a way that is long whatever the session sends.
#pragma once

#include <cstdint>

namespace veche::rtp {

/// A queue that stands drains while nothing is sent: the longer the gap before a packet, the
/// shorter it waits, by as much. The delay of a way without such a queue does not depend on gaps.
/// This is the slope of the least squares of both, over the packets since restart(). Talkers that
/// take turns, and losses, make gaps differ; where they do not there is nothing to tell.
class DrainSlope {
 public:
  /// Two packets arrived, sent one after the other `gap_us` apart, and the second took `longer_us`
  /// longer.
  void add(int64_t gap_us, int64_t longer_us) noexcept {
    if (gap_us < 0 || gap_us > kMostUs || longer_us < -kMostUs || longer_us > kMostUs) return;
    ++pairs_;
    gaps_ += gap_us;
    longer_ += longer_us;
    squares_ += gap_us * gap_us;
    products_ += gap_us * longer_us;
    if (pairs_ < kMostPairs) return;
    for (int64_t* sum : {&pairs_, &gaps_, &longer_, &squares_, &products_}) *sum /= 2;
  }
  void restart() noexcept { *this = {}; }

  /// There are enough gaps to tell, and no more than the third part of them drained.
  bool is_flat() const noexcept {
    if (pairs_ < kPairs) return false;
    const int64_t spread = squares_ - gaps_ * gaps_ / pairs_;
    const int64_t together = products_ - gaps_ * longer_ / pairs_;
    return spread >= kSpread && 3 * together > -spread;
  }

 private:
  static constexpr int64_t kPairs = 40;
  static constexpr int64_t kMostPairs = 4096;  ///< Old ones count half from then on.
  static constexpr int64_t kSpread = int64_t{40} * 4'000 * 4'000;  ///< As much as 40 gaps by 4 ms.
  static constexpr int64_t kMostUs = 150'000;                      ///< More is a pause, or a stall.

  int64_t pairs_ = 0, gaps_ = 0, longer_ = 0, squares_ = 0, products_ = 0;
};

}  // namespace veche::rtp
