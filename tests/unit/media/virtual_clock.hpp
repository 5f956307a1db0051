// SPDX-License-Identifier: Apache-2.0
// A clock that the test advances, for code that takes a Clock.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/time.hpp"

namespace veche::media::test {

/// One at a time: a Clock is a plain function. Lanes may read it while the test advances it.
class VirtualClock {
 public:
  VirtualClock() { time_ns_ = 1000 * kNsPerS; }
  VirtualClock(const VirtualClock&) = delete;
  VirtualClock& operator=(const VirtualClock&) = delete;

  static int64_t read() { return time_ns_; }
  int64_t now_ns() const { return read(); }
  void pass_ms(int64_t ms) { time_ns_ += ms * kNsPerMs; }

 private:
  inline static std::atomic<int64_t> time_ns_{0};
};

}  // namespace veche::media::test
