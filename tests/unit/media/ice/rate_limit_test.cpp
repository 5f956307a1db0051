// SPDX-License-Identifier: Apache-2.0
// RateLimit: a flooding source is stopped, others are not, and many sources are bounded together.
#include "media/ice/rate_limit.hpp"

#include <gtest/gtest.h>

#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::address;
using test::kKey;

constexpr int64_t kStart = 1000 * kNsPerS;

Address source(uint32_t number) {
  return address("10." + std::to_string(number >> 16 & 255) + "." +
                     std::to_string(number >> 8 & 255) + "." + std::to_string(number & 255),
                 5000);
}

/// The number of allowed attempts; each allowed one is charged.
int flood(RateLimit& limit, const Address& from, int attempts, int64_t now_ns) {
  int allowed = 0;
  for (int i = 0; i < attempts; ++i) {
    if (!limit.allows(from, now_ns)) continue;
    limit.charge(from, now_ns);
    ++allowed;
  }
  return allowed;
}

TEST(TokenBucket, GivesABurstAndThenTheRate) {
  const TokenRate rate{.interval_ns = 100, .burst = 3};
  TokenBucket bucket;
  int64_t now = 1'000'000;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(bucket.has_token(rate, now));
    bucket.take(rate, now);
  }
  EXPECT_FALSE(bucket.has_token(rate, now));
  EXPECT_FALSE(bucket.has_token(rate, now + 99));
  EXPECT_TRUE(bucket.has_token(rate, now + 100));
  now += 1'000'000;
  int given = 0;
  for (; bucket.has_token(rate, now); ++given) bucket.take(rate, now);
  EXPECT_EQ(given, 3);  // At most the burst accumulates.
}

TEST(RateLimit, AllowsASourceItsBurstAndThenItsRate) {
  RateLimit limit(kKey);
  EXPECT_EQ(flood(limit, source(1), 1000, kStart), 20);
  EXPECT_EQ(flood(limit, source(1), 1000, kStart + kNsPerS), 10);
}

TEST(RateLimit, DoesNotCountWhatIsNotCharged) {
  RateLimit limit(kKey);
  for (int i = 0; i < 10000; ++i) EXPECT_TRUE(limit.allows(source(1), kStart));
}

TEST(RateLimit, ServesOthersWhileOneSourceFloods) {
  RateLimit limit(kKey);
  int64_t now = kStart;
  for (uint32_t i = 0; i < 1000; ++i, now += kNsPerMs) {
    flood(limit, source(1), 100, now);
    EXPECT_TRUE(limit.allows(source(1000 + i), now)) << i;
    EXPECT_TRUE(limit.allows(address("10.0.0.1", 6000), now)) << "same IP, another port";
  }
}

TEST(RateLimit, BoundsManySourcesTogether) {
  RateLimit limit(kKey);
  int allowed = 0;
  for (uint32_t i = 0; i < 100'000; ++i) allowed += flood(limit, source(i), 1, kStart);
  EXPECT_EQ(allowed, 1000);
  allowed = 0;
  for (uint32_t i = 0; i < 100'000; ++i) {
    allowed += flood(limit, source(i), 1, kStart + 10 * kNsPerMs);
  }
  EXPECT_EQ(allowed, 20);  // 2000 a second.
}

TEST(RateLimit, KeepsTheWorstSourcesWhenItsPlacesAreTaken) {
  RateLimit limit(kKey, {.source = {.interval_ns = kNsPerS, .burst = 10},
                         .total = {.interval_ns = 1, .burst = 1'000'000}});
  EXPECT_EQ(flood(limit, source(0), 100, kStart), 10);
  // Many times as many sources as places, each of which failed only once.
  for (uint32_t i = 1; i <= RateLimit::kSets * RateLimit::kWays * 8; ++i) {
    flood(limit, source(i), 1, kStart);
  }
  EXPECT_FALSE(limit.allows(source(0), kStart));
}

}  // namespace
}  // namespace veche::media
