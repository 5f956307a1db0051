// SPDX-License-Identifier: Apache-2.0
// The rate limit of a repeated warning.
#include "base/log_limit.hpp"

#include <gtest/gtest.h>

#include <string>

namespace veche {
namespace {

constexpr LogPlace kHere{"here.cpp", 1}, kThere{"here.cpp", 2};

/// The number of `count` lines that may be written.
int allowed(LogLimit& limit, int count, int64_t now_ns, LogPlace place = kHere,
            const std::string& component = "http") {
  int allowed = 0;
  for (int i = 0; i < count; ++i) {
    allowed += limit.may_write(2, component, place, "line " + std::to_string(i), now_ns) ? 1 : 0;
  }
  return allowed;
}

TEST(BaseLogLimit, CountsWhatItHoldsBackAndSaysSoOnce) {
  LogLimit limit;
  EXPECT_EQ(allowed(limit, 25, 0), int{LogLimit::kMost});
  EXPECT_EQ(allowed(limit, 3, LogLimit::kWindowNs - 1), 0);
  EXPECT_TRUE(limit.take_ended(LogLimit::kWindowNs - 1).empty());
  const auto ended = limit.take_ended(LogLimit::kWindowNs);
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].count, 8u);
  EXPECT_EQ(ended[0].level, 2);
  EXPECT_EQ(ended[0].component, "http");
  EXPECT_EQ(ended[0].message, "line 20");
  EXPECT_TRUE(limit.take_ended(LogLimit::kWindowNs).empty());
  EXPECT_EQ(allowed(limit, 25, LogLimit::kWindowNs), int{LogLimit::kMost});
}

TEST(BaseLogLimit, SaysNothingWhereNothingWasHeldBack) {
  LogLimit limit;
  allowed(limit, LogLimit::kMost, 0);
  EXPECT_TRUE(limit.take_ended(LogLimit::kWindowNs).empty());
}

TEST(BaseLogLimit, BoundsEachPlaceAndComponentForItself) {
  LogLimit limit;
  allowed(limit, 100, 0);
  EXPECT_EQ(allowed(limit, 1, 0, kThere), 1);
  EXPECT_EQ(allowed(limit, 1, 0, kHere, "room"), 1);
}

}  // namespace
}  // namespace veche
