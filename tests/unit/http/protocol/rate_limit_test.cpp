// SPDX-License-Identifier: Apache-2.0
// Token buckets in virtual time, the bounds of their table, and the RateLimit fields.
#include "http/protocol/rate_limit.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/time.hpp"

namespace veche::http {
namespace {

TEST(RateLimit, GrantsABurstAndThenARate) {
  constexpr Rate kOffers{5, 1};
  const struct {
    double at_s;
    bool is_granted;
    uint32_t remaining;
    double wait_s;  ///< Until the next one.
    double full_s;
  } requests[] = {
      {100, true, 4, 0, 1},        {100, true, 3, 0, 2}, {100, true, 2, 0, 3},
      {100, true, 1, 0, 4},        {100, true, 0, 1, 5}, {100, false, 0, 1, 5},
      {100.5, false, 0, 0.5, 4.5}, {101, true, 0, 1, 5}, {101.25, false, 0, 0.75, 4.75},
      {103.5, true, 1, 0, 3.5},    {200, true, 4, 0, 1},
  };
  TokenBucket bucket;
  for (const auto& request : requests) {
    const auto ns = [](double s) { return static_cast<int64_t>(s * 1e9); };
    const Allowance allowance = bucket.take(kOffers, ns(request.at_s));
    EXPECT_EQ(allowance.is_granted, request.is_granted) << request.at_s;
    EXPECT_EQ(allowance.remaining, request.remaining) << request.at_s;
    EXPECT_EQ(allowance.wait_ns, ns(request.wait_s)) << request.at_s;
    EXPECT_EQ(allowance.full_ns, ns(request.full_s)) << request.at_s;
  }
}

TEST(RateLimit, OfZeroIsNone) {
  TokenBucket bucket;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(bucket.take({0, 1}, 0).is_granted);
}

TEST(RateLimit, MayChangeWhileABucketIsInUse) {
  TokenBucket bucket;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(bucket.take({100, 1}, 0).is_granted);
  EXPECT_FALSE(bucket.take({2, 1}, kNsPerS / 2).is_granted);
  EXPECT_TRUE(bucket.take({2, 1}, 2 * kNsPerS).is_granted) << "it lacks no more than it can hold";
}

TEST(RateLimit, IsEachCallersOwn) {
  BucketTable table(10);
  EXPECT_TRUE(table.take("ann", {1, 1}, 0).is_granted);
  EXPECT_FALSE(table.take("ann", {1, 1}, 0).is_granted);
  EXPECT_TRUE(table.take("bob", {1, 1}, 0).is_granted);
}

TEST(RateLimit, RemembersNoMoreThanItsBoundAndForgetsTheLeastRecentlyUsed) {
  BucketTable table(100);
  constexpr Rate kRate{1, 1};
  for (int i = 0; i < 10'000; ++i) {
    table.take("key " + std::to_string(i), kRate, 0);
    EXPECT_EQ(table.take("key 0", kRate, 0).is_granted, false) << "it is in use";
  }
  EXPECT_EQ(table.size(), 100u);
  for (int i = 0; i < 60; ++i) table.take("later " + std::to_string(i), kRate, 100 * kNsPerS);
  EXPECT_EQ(table.size(), 60u) << "full buckets are not kept";
}

TEST(RateLimit, SaysWhatItIsInTheFieldsOfTheDraft) {
  EXPECT_EQ(policy_item("offers", {5, 1}), "\"offers\";q=5;w=5");
  EXPECT_EQ(policy_item("address", {5000, 1000}), "\"address\";q=5000;w=5");
  EXPECT_EQ(policy_item("reads", {5, 1000}), "\"reads\";q=5;w=1");
  TokenBucket bucket;
  EXPECT_EQ(limit_item("offers", bucket.take({5, 2}, 0)), "\"offers\";r=4;t=1");
  EXPECT_EQ(limit_item("offers", bucket.take({5, 2}, 0)), "\"offers\";r=3;t=1");
  EXPECT_EQ(limit_item("offers", bucket.take({5, 2}, 0)), "\"offers\";r=2;t=2");
}

/// The number of `count` requests in `seconds`, evenly spread, that are refused.
int refused(const Rate& rate, int count, double seconds) {
  TokenBucket bucket;
  int refused = 0;
  for (int i = 0; i < count; ++i) {
    const double at_ns = seconds * 1e9 * i / count;
    refused += bucket.take(rate, static_cast<int64_t>(at_ns)).is_granted ? 0 : 1;
  }
  return refused;
}

TEST(RateLimit, RefusesWhatIsBeyondTheRateInTheLongRun) {
  EXPECT_EQ(refused({20, 5}, 41'460, 10), 41'460 - 69) << "20 at once, and 5 a second";
}

}  // namespace
}  // namespace veche::http
