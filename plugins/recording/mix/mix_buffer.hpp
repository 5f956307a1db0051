// SPDX-License-Identifier: Apache-2.0
// The sum of all tracks, in blocks of 20 ms that exist only where there is sound.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "recording/mix/sound.hpp"

namespace veche::recording {

class MixBuffer {
 public:
  /// How far ahead of the blocks taken sound is kept.
  static constexpr int64_t kWindowSamples = 10 * kSampleRate;
  enum class Fit { Late, Within, Early };

  /// `position`: of the first block to take, in samples.
  MixBuffer(uint32_t channels, int64_t position) : channels_(channels), position_(position) {}

  /// Where the next block begins.
  int64_t position() const noexcept { return position_; }
  /// Whether add() accepts any of it: blocks that were taken already are closed.
  Fit fit(int64_t position, int64_t samples) const noexcept;
  /// Interleaved samples, full scale is 32768; only if they are Within.
  void add(int64_t position, std::span<const int16_t> sound);
  /// Moves the next block into `block`; returns false, and zeros, if it is silent.
  bool take(std::span<float> block) noexcept;

 private:
  uint32_t channels_;
  int64_t position_;
  std::map<int64_t, std::vector<float>> blocks_;  // By position: it is sparse.
};

}  // namespace veche::recording
