// SPDX-License-Identifier: Apache-2.0
// Prints what one call costs for each session, in rooms whose listeners are well, and where they
// lose packets or are limited.
#include <cstdio>
#include <ctime>

#include "world.hpp"

namespace {

using veche::adaptive::test::World;

/// Of this thread alone, so that other load on the machine matters less.
int64_t cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

double ns_per_session(World& world) {
  constexpr int kCalls = 1'000;
  world.run_s(10);
  int64_t spent_ns = 0;
  for (int call = 0; call < kCalls; ++call) {
    if (call % 10 == 0) world.step();
    const int64_t begin_ns = cpu_ns();
    world.decide();
    spent_ns += cpu_ns() - begin_ns;
  }
  return static_cast<double>(spent_ns) / kCalls / static_cast<double>(world.size());
}

}  // namespace

int main() {
  std::printf("ns per session\npeople  all are well  all lose packets  all are limited\n");
  for (const size_t people : {size_t{10}, size_t{100}, size_t{1000}}) {
    double ns[3] = {};
    for (int kind = 0; kind < 3; ++kind) {
      World world(people, 3);
      for (size_t i = 0; i < people; ++i) {
        if (kind == 1) world[i].link.random_loss = 0.1F;
        if (kind == 2) world[i].link.rate_bps = 100'000;
      }
      ns[kind] = ns_per_session(world);
    }
    std::printf("%6zu  %12.0f  %16.0f  %15.0f\n", people, ns[0], ns[1], ns[2]);
  }
  return 0;
}
