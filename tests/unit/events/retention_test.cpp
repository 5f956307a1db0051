// SPDX-License-Identifier: Apache-2.0
// Which events go, by age, size and number.
#include "events/retention.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace veche::events {
namespace {

/// With times in the order of ids.
std::vector<KeptEvent> at(std::vector<int64_t> times) {
  std::vector<KeptEvent> kept;
  for (const int64_t time : times) kept.push_back({kept.size() + 1, time});
  return kept;
}

TEST(Retention, CountsWhatGoesNow) {
  struct Case {
    const char* what;
    RetentionLimits limits;
    Holdings holdings;
    std::vector<int64_t> times;
    size_t count;
  };
  const std::vector<Case> cases = {
      {"no limits", {}, {1'000'000, 1000}, {1, 2, 3}, 0},
      {"nothing is there", {.age_ms = 10, .bytes = 10, .events = 1}, {20, 5}, {}, 0},
      {"by age", {.age_ms = 100}, {}, {800, 899, 900, 950}, 2},
      {"all by age", {.age_ms = 100}, {}, {1, 2, 3}, 3},
      {"a clock that was set back waits for those before", {.age_ms = 100}, {}, {950, 1, 2}, 0},
      {"a time in the future", {.age_ms = 100}, {}, {5000, 1}, 0},
      {"at its size", {.bytes = 100}, {100, 0}, {1, 2}, 0},
      {"beyond its size a whole step goes", {.bytes = 100}, {101, 0}, {1, 2}, 2},
      {"at its number", {.events = 3}, {0, 3}, {1, 2, 3}, 0},
      {"beyond its number", {.events = 3}, {0, 5}, {1, 2, 3, 4, 5}, 2},
      {"the stricter one counts", {.age_ms = 100, .events = 4}, {0, 5}, {1, 2, 3, 950, 951}, 3},
      {"at most those that it sees", {.events = 3}, {0, 500}, {1, 2}, 2},
  };
  for (const Case& each : cases) {
    const std::vector<KeptEvent> oldest = at(each.times);
    EXPECT_EQ(count_to_drop(each.limits, each.holdings, oldest, 1000), each.count) << each.what;
  }
}

}  // namespace
}  // namespace veche::events
