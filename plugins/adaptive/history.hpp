// SPDX-License-Identifier: Apache-2.0
// The last minute of one listener, a sample a second.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "adaptive/clock.hpp"

namespace veche::adaptive {

struct Sample {
  int64_t at_ns = 0;
  uint32_t capacity_bps = 0, used_bps = 0, budget_bps = 0, queue_us = 0;
  float loss = 0;
  uint8_t on = 0, cut = 0;  ///< Slots.
  uint8_t repeated = 0;     ///< Of the most important slot.
  uint8_t quality = 0;      ///< VECHE_QUALITY_*
};

class History {
 public:
  static constexpr size_t kSamples = 60;

  bool is_due(int64_t now_ns) const {
    return size_ == 0 || now_ns - at(size_ - 1).at_ns >= kSecond;
  }
  void add(const Sample& sample) {
    ring_[(first_ + size_) % kSamples] = sample;
    if (size_ < kSamples) {
      ++size_;
    } else {
      first_ = (first_ + 1) % kSamples;
    }
  }
  size_t size() const { return size_; }
  /// From the oldest, 0, to the newest.
  const Sample& at(size_t index) const { return ring_[(first_ + index) % kSamples]; }

 private:
  std::array<Sample, kSamples> ring_;
  size_t first_ = 0, size_ = 0;
};

}  // namespace veche::adaptive
