// SPDX-License-Identifier: Apache-2.0
// Converts nanoseconds to units of an RTP timestamp and back, without overflow.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace veche::rtp {

/// Rounds towards zero. An RTP timestamp takes the lower 32 bits.
inline int64_t ns_to_ticks(int64_t ns, uint32_t clock_rate) noexcept {
  const int64_t rate = clock_rate;
  return ns / kNsPerS * rate + ns % kNsPerS * rate / kNsPerS;
}

/// The clock rate is not 0.
inline int64_t ticks_to_ns(int64_t ticks, uint32_t clock_rate) noexcept {
  const int64_t rate = clock_rate;
  return ticks / rate * kNsPerS + ticks % rate * kNsPerS / rate;
}

/// The signed distance from one timestamp to another, the shorter way round.
inline int32_t timestamp_distance(uint32_t from, uint32_t to) noexcept {
  return static_cast<int32_t>(to - from);
}

}  // namespace veche::rtp
