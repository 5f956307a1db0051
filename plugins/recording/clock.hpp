// SPDX-License-Identifier: Apache-2.0
// Units of time and the system's clocks.
#pragma once

#include <time.h>

#include <cstdint>

namespace veche::recording {

constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kNsPerS = 1'000'000'000;

/// [any]
inline int64_t clock_ns(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * kNsPerS + now.tv_nsec;
}
/// [any] The clock of packets' arrival and of all waiting.
inline int64_t monotonic_ns() noexcept { return clock_ns(CLOCK_MONOTONIC); }
inline int64_t monotonic_ms() noexcept { return monotonic_ns() / kNsPerMs; }
/// [any] Since the machine started, sleep included: nobody sets this clock.
inline int64_t boot_ms() noexcept { return clock_ns(CLOCK_BOOTTIME) / kNsPerMs; }
/// [any] The time of day, for manifests and names.
inline int64_t unix_ms() noexcept { return clock_ns(CLOCK_REALTIME) / kNsPerMs; }

}  // namespace veche::recording
