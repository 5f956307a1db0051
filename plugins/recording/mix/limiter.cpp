// SPDX-License-Identifier: Apache-2.0
// The gain runs in straight lines from step to step. At each border it is small enough for the
// steps on both sides, so it is within both.
#include "recording/mix/limiter.hpp"

#include <algorithm>
#include <cmath>

namespace veche::recording {
namespace {

constexpr float kRelease = 1.0F / 80;  // From nothing to full in 400 ms.

float allowed_gain(std::span<const float> step) noexcept {
  float peak = 0;
  for (const float sample : step) peak = std::max(peak, std::abs(sample));
  return peak > Limiter::kCeiling ? Limiter::kCeiling / peak : 1.0F;
}

}  // namespace

void Limiter::reset() {
  held_.assign(kDelaySamples * channels_, 0.0F);
  held_gain_ = gain_ = 1;
}

void Limiter::process(std::span<float> sound) noexcept {
  const size_t step = kDelaySamples * channels_;
  for (; sound.size() >= step; sound = sound.subspan(step)) process_step(sound.first(step));
}

void Limiter::process_step(std::span<float> step) noexcept {
  const float next_gain = allowed_gain(step);
  const float end = std::min({held_gain_, next_gain, gain_ + kRelease});
  std::swap_ranges(step.begin(), step.end(), held_.begin());
  if (gain_ < 1 || end < 1) {
    const float slope = (end - gain_) / static_cast<float>(kDelaySamples);
    for (size_t frame = 0; frame < kDelaySamples; ++frame) {
      const float gain = gain_ + slope * static_cast<float>(frame);
      for (float& sample : step.subspan(frame * channels_, channels_)) sample *= gain;
    }
  }
  held_gain_ = next_gain;
  gain_ = end;
}

}  // namespace veche::recording
