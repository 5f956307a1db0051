// SPDX-License-Identifier: Apache-2.0
// The monotonic and the wall clock. Logic takes the time as an argument; only the edges read a
// clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace veche {

inline constexpr int64_t kNsPerMs = 1'000'000;
inline constexpr int64_t kNsPerS = 1'000'000'000;

/// [any] Nanoseconds of CLOCK_MONOTONIC.
inline int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Reads a monotonic clock: monotonic_ns(), or a test's clock.
using Clock = int64_t (*)();

/// [any] Milliseconds since 1970, UTC.
inline int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace veche
