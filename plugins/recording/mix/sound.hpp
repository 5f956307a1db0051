// SPDX-License-Identifier: Apache-2.0
// The units in which the mix counts: sample frames at 48 kHz, from the recording's beginning.
#pragma once

#include <cstddef>
#include <cstdint>

namespace veche::recording {

inline constexpr int64_t kSampleRate = 48'000;
inline constexpr size_t kBlockSamples = 960;
inline constexpr int64_t kBlockNs = 20'000'000;

/// The nearest sample; hours are far below the limits of the arithmetic.
constexpr int64_t samples_of(int64_t time_ns) {
  return (time_ns * 6 + (time_ns < 0 ? -62'500 : 62'500)) / 125'000;
}

}  // namespace veche::recording
