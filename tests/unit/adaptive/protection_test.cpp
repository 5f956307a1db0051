// SPDX-License-Identifier: Apache-2.0
// When a listener gets redundancy, how much, and when its lost packets are sent again.
#include "adaptive/protection.hpp"

#include <gtest/gtest.h>

#include "adaptive/clock.hpp"

namespace veche::adaptive {
namespace {

constexpr int64_t kTick = 100 * kMillisecond;
constexpr float kOn = 0.02F;

/// So many seconds of this link; returns what is wanted at their end.
Protected run(Protection& protection, const Protection::Link& link, double seconds,
              int64_t& now_ns) {
  const int64_t end_ns = now_ns + static_cast<int64_t>(seconds * kSecond);
  while (now_ns < end_ns) protection.update(link, kOn, now_ns += kTick);
  return protection.wanted();
}

TEST(Protection, FollowsLossAndBursts) {
  const struct {
    float loss;
    uint32_t burst;
    uint8_t repeated;
  } rows[] = {
      {0, 0, 0},     {0.019F, 17, 0}, {0.02F, 17, 1}, {0.05F, 17, 1}, {0.06F, 17, 2},
      {0.1F, 18, 2}, {0.2F, 20, 2},   {0.03F, 24, 2}, {0.03F, 80, 2}, {0.015F, 80, 0},
  };
  for (const auto& row : rows) {
    Protection protection;
    const Protected wanted = protection.update({.loss = row.loss, .burst = row.burst}, kOn, kTick);
    EXPECT_EQ(wanted.repeated, row.repeated) << row.loss << " in bursts of " << row.burst;
    EXPECT_TRUE(wanted.resends);
  }
}

TEST(Protection, EndsFifteenSecondsAfterTheLossIsBelowHalfOfTheThreshold) {
  Protection protection;
  int64_t now_ns = 0;
  EXPECT_EQ(run(protection, {.loss = 0.03F, .burst = 17}, 1, now_ns).repeated, 1);
  EXPECT_EQ(run(protection, {.loss = 0.012F, .burst = 17}, 60, now_ns).repeated, 1)
      << "between half of the threshold and the threshold nothing changes";
  EXPECT_EQ(run(protection, {.loss = 0.009F, .burst = 17}, 14.8, now_ns).repeated, 1);
  EXPECT_EQ(run(protection, {.loss = 0.009F, .burst = 17}, 0.3, now_ns).repeated, 0);
}

TEST(Protection, StepsDownFromTwoToOneWhereLightLossStays) {
  Protection protection;
  int64_t now_ns = 0;
  EXPECT_EQ(run(protection, {.loss = 0.1F, .burst = 18}, 1, now_ns).repeated, 2);
  EXPECT_EQ(run(protection, {.loss = 0.03F, .burst = 17}, 14.8, now_ns).repeated, 2);
  EXPECT_EQ(run(protection, {.loss = 0.03F, .burst = 17}, 0.3, now_ns).repeated, 1);
}

TEST(Protection, IsNotRaisedByLossThatIsCongestion) {
  Protection protection;
  int64_t now_ns = 0;
  EXPECT_EQ(run(protection, {.loss = 0.3F, .burst = 40, .is_congested = true}, 5, now_ns).repeated,
            0);
  const Protection::Link lossy{.loss = 0.3F, .floor = 0.04F, .burst = 17, .is_congested = true};
  EXPECT_EQ(run(protection, lossy, 5, now_ns).repeated, 1) << "the floor is there at any rate";
}

TEST(Protection, ResendsWhereTheRoundTripIsShortAndNoQueueStands) {
  Protection protection;
  int64_t now_ns = 0;
  EXPECT_TRUE(run(protection, {.round_trip_us = 0}, 1, now_ns).resends) << "not known yet";
  EXPECT_TRUE(run(protection, {.round_trip_us = 250'000}, 1, now_ns).resends);
  EXPECT_FALSE(run(protection, {.round_trip_us = 301'000}, 1, now_ns).resends);
  EXPECT_FALSE(run(protection, {.round_trip_us = 250'000}, 1, now_ns).resends);
  EXPECT_TRUE(run(protection, {.round_trip_us = 199'000}, 1, now_ns).resends);
  EXPECT_FALSE(run(protection, {.round_trip_us = 50'000, .is_congested = true}, 1, now_ns).resends);
}

TEST(Protection, LeavesTheSquareOfRandomLossAndMoreOfBursts) {
  EXPECT_FLOAT_EQ(left_after(0.1F, 18, 0), 0.1F);
  EXPECT_NEAR(left_after(0.1F, 17, 1), 0.01F, 0.001F);
  EXPECT_NEAR(left_after(0.2F, 20, 2), 0.008F, 0.001F);
  EXPECT_NEAR(left_after(0.07F, 80, 2), 0.07F * 0.8F * 0.8F, 0.001F) << "bursts of five packets";
  EXPECT_EQ(left_after(0, 0, 2), 0);
}

}  // namespace
}  // namespace veche::adaptive
