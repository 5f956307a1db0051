// SPDX-License-Identifier: Apache-2.0
// Keeps a sum of voices below full scale: sound that is not too loud passes unchanged, 5 ms later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace veche::recording {

class Limiter {
 public:
  static constexpr size_t kDelaySamples = 240;
  /// No sample is larger: 1 dB is left for what the encoder adds.
  static constexpr float kCeiling = 0.89F;

  explicit Limiter(uint32_t channels) : channels_(channels) { reset(); }
  void reset();
  /// In place. Whole steps of kDelaySamples, interleaved.
  void process(std::span<float> sound) noexcept;

 private:
  void process_step(std::span<float> step) noexcept;

  size_t channels_;
  std::vector<float> held_;  // The step before, which goes out next.
  float held_gain_ = 1;      // The largest gain that it may have.
  float gain_ = 1;           // At its beginning.
};

}  // namespace veche::recording
