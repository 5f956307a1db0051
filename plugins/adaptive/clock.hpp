// SPDX-License-Identifier: Apache-2.0
// Spans of the monotonic clock, and the extremes of the newest of them.
#pragma once

#include <algorithm>
#include <cstdint>

namespace veche::adaptive {

inline constexpr int64_t kMillisecond = 1'000'000;  ///< In nanoseconds, as all times here.
inline constexpr int64_t kSecond = 1'000 * kMillisecond;

/// The largest value of the last `half_ns` to twice that, by two halves.
class RecentMax {
 public:
  uint32_t add(uint32_t value, int64_t half_ns, int64_t now_ns) {
    if (now_ns - began_ns_ >= half_ns) {
      before_ = now_ns - began_ns_ >= 2 * half_ns ? 0 : now_;
      now_ = 0;
      began_ns_ = now_ns;
    }
    now_ = std::max(now_, value);
    return get();
  }
  uint32_t get() const { return std::max(now_, before_); }

 private:
  int64_t began_ns_ = 0;
  uint32_t now_ = 0, before_ = 0;
};

/// The smallest likewise; 0 is no value.
class RecentMin {
 public:
  uint32_t add(uint32_t value, int64_t half_ns, int64_t now_ns) {
    if (value == 0) return get();
    return UINT32_MAX - most_.add(UINT32_MAX - value, half_ns, now_ns);
  }
  uint32_t get() const { return most_.get() == 0 ? 0 : UINT32_MAX - most_.get(); }

 private:
  RecentMax most_;
};

/// Since when a condition holds without a break.
class Since {
 public:
  /// True if it has held for this long.
  bool holds(bool condition, int64_t long_ns, int64_t now_ns) {
    if (!condition) {
      since_ns_ = -1;
      return false;
    }
    if (since_ns_ < 0) since_ns_ = now_ns;
    return now_ns - since_ns_ >= long_ns;
  }

 private:
  int64_t since_ns_ = -1;
};

}  // namespace veche::adaptive
