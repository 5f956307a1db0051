// SPDX-License-Identifier: Apache-2.0
// A steady clock that stands still until the test moves it, for what reads the clock by itself.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace veche::media::test {

/// As long as it lives, all code of the executable sees its time: the linker puts it in the place
/// of std::chrono::steady_clock::now(). Libraries of the system keep the real one. One at a time.
class FakeClock {
 public:
  FakeClock();
  ~FakeClock();
  FakeClock(const FakeClock&) = delete;
  FakeClock& operator=(const FakeClock&) = delete;

  void pass_ms(int64_t ms);
  int64_t now_ns() const;
};

}  // namespace veche::media::test
