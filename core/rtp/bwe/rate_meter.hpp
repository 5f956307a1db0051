// SPDX-License-Identifier: Apache-2.0
// The rate of what was sent in the newest second.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace veche::rtp {

/// Counts whole slices of time: what is sent in the one that lasts counts when it has ended.
class RateMeter {
 public:
  void add(uint32_t bytes, int64_t now_us) noexcept {
    advance(now_us);
    slices_[slot(index_)] += bytes;
  }
  void advance(int64_t now_us) noexcept {
    const int64_t index = now_us / kSliceUs;
    if (index - index_ > kSlices) {  // All is older than a second.
      slices_.fill(0);
      sum_ = 0;
      index_ = index;
    }
    while (index_ < index) {
      sum_ += slices_[slot(index_)];
      ++index_;
      sum_ -= slices_[slot(index_)];  // The slice of a second ago makes room.
      slices_[slot(index_)] = 0;
    }
  }
  uint32_t bps() const noexcept { return sum_ * 8; }
  /// Nothing was sent in the newest second.
  bool is_idle() const noexcept { return sum_ == 0 && slices_[slot(index_)] == 0; }

 private:
  static constexpr int64_t kSlices = 20;
  static constexpr int64_t kSliceUs = 1'000'000 / kSlices;
  static size_t slot(int64_t index) noexcept { return static_cast<size_t>(index % (kSlices + 1)); }

  int64_t index_ = 0;
  uint32_t sum_ = 0;  ///< Of the slices that have ended.
  std::array<uint32_t, static_cast<size_t>(kSlices + 1)> slices_{};
};

}  // namespace veche::rtp
