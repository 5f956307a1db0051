// SPDX-License-Identifier: Apache-2.0
// What the linker's option --wrap makes of steady_clock::now().
#include "fake_clock.hpp"

#include <atomic>
#include <chrono>

namespace {

using std::chrono::steady_clock;

std::atomic<int64_t> fake_ns{0};  // 0: the real time.

}  // namespace

steady_clock::time_point real_now() asm("__real__ZNSt6chrono3_V212steady_clock3nowEv");
steady_clock::time_point wrapped_now() asm("__wrap__ZNSt6chrono3_V212steady_clock3nowEv");

steady_clock::time_point wrapped_now() {
  const int64_t now_ns = fake_ns.load();
  return now_ns == 0 ? real_now() : steady_clock::time_point(std::chrono::nanoseconds(now_ns));
}

namespace veche::media::test {

FakeClock::FakeClock() { fake_ns = 1000 * kNsPerS; }
FakeClock::~FakeClock() { fake_ns = 0; }
void FakeClock::pass_ms(int64_t ms) { fake_ns += ms * kNsPerMs; }
int64_t FakeClock::now_ns() const { return fake_ns; }

}  // namespace veche::media::test
