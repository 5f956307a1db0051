// SPDX-License-Identifier: Apache-2.0
// The time stamps of sender reports (RFC 3550 section 4).
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace veche::rtp {

// An NTP time is 32 bits of seconds since 1900 and 32 bits of their fraction. It wraps in 2036.

/// Since the beginning of the era.
inline int64_t ntp_to_ns(uint64_t ntp) noexcept {
  const auto fraction = static_cast<uint32_t>(ntp);
  return static_cast<int64_t>(ntp >> 32) * kNsPerS +
         static_cast<int64_t>(fraction * uint64_t{kNsPerS} >> 32);
}

/// `ns` is not negative.
inline uint64_t ns_to_ntp(int64_t ns) noexcept {
  const auto unsigned_ns = static_cast<uint64_t>(ns);
  const uint64_t fraction = (unsigned_ns % kNsPerS << 32) / kNsPerS;
  return unsigned_ns / kNsPerS << 32 | fraction;
}

/// The middle 32 bits, in 1/65536 s, as LSR has them.
inline uint32_t compact_ntp(uint64_t ntp) noexcept { return static_cast<uint32_t>(ntp >> 16); }

/// Our NTP time. It is set once and then follows the monotonic clock, so an adjusted wall clock
/// does not shift streams against each other.
class NtpClock {
 public:
  NtpClock(int64_t unix_ms, int64_t monotonic_ns) noexcept
      : offset_ns_((unix_ms + kUnixEpochMs) * kNsPerMs - monotonic_ns) {}
  uint64_t at(int64_t monotonic_ns) const noexcept { return ns_to_ntp(monotonic_ns + offset_ns_); }

 private:
  static constexpr int64_t kUnixEpochMs = 2'208'988'800'000;  ///< From 1900 to 1970.
  int64_t offset_ns_;
};

}  // namespace veche::rtp
