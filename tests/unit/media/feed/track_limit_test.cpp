// SPDX-License-Identifier: Apache-2.0
// How many packets and bytes of a track go on, in virtual time, and its share of an inbox.
#include "media/feed/track_limit.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace veche::media {
namespace {

constexpr int64_t kStart = 1000 * kNsPerS;

TEST(TrackLimit, DropsNothingOfAnHonestClientAndAllThatIsTooMuch) {
  struct Case {
    std::string what;
    int64_t each_us;
    size_t bytes;
    double passes;  ///< Of all packets of ten minutes.
  };
  const std::vector<Case> cases{
      {"voice of 20 ms", 20'000, 120, 1},
      {"10 ms, at the limit", 10'000, 120, 1},
      {"10 ms, and a tenth is sent again", 9'091, 120, 1},
      {"music of 256 kbit/s", 20'000, 670, 1},
      {"twice as many packets", 5'000, 100, 0.55},
      {"a flood", 200, 100, 0.022},
      {"large packets", 20'000, 1400, 0.786},
      {"a flood of them", 1'000, 1400, 0.0393},
  };
  constexpr int64_t kTestNs = 600 * kNsPerS;
  for (const Case& c : cases) {
    TrackLimit limit{TrackRates{}};
    int64_t sent = 0, passed = 0;
    for (int64_t at_ns = 0; at_ns < kTestNs; at_ns += c.each_us * 1000, ++sent) {
      passed += limit.take(c.bytes, kStart + at_ns) ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(passed) / static_cast<double>(sent), c.passes, 0.005) << c.what;
  }
}

TEST(TrackLimit, LetsABurstThroughAfterAPause) {
  TrackLimit limit{TrackRates{}};
  int passed = 0;
  for (int i = 0; i < 1000; ++i) passed += limit.take(100, kStart) ? 1 : 0;
  EXPECT_NEAR(passed, 220, 1) << "two seconds of the rate, and a tenth";
  EXPECT_FALSE(limit.take(100, kStart));
  EXPECT_TRUE(limit.take(100, kStart + 10 * kNsPerMs));
  passed = 0;
  for (int i = 0; i < 1000; ++i) passed += limit.take(100, kStart + 60 * kNsPerS) ? 1 : 0;
  EXPECT_NEAR(passed, 220, 1);
}

TEST(TrackLimit, AnotherClockStepsBackWithoutHarm) {
  TrackLimit limit{TrackRates{}};
  EXPECT_TRUE(limit.take(100, kStart));
  EXPECT_TRUE(limit.take(100, kStart - kNsPerMs));
}

TEST(InboxShare, IsFreeAgainOnceTheLaneHasHandledThem) {
  InboxShare share;
  uint32_t handled = 0;
  int reads = 0;
  const auto read = [&] {
    ++reads;
    return handled;
  };
  for (uint32_t i = 0; i < InboxShare::kMost; ++i) {
    ASSERT_TRUE(share.has_place(read));
    share.post();
  }
  EXPECT_EQ(reads, 0) << "nobody asks while there is place";
  EXPECT_FALSE(share.has_place(read));
  handled = 1;
  EXPECT_TRUE(share.has_place(read));
  share.post();
  EXPECT_FALSE(share.has_place(read));
  handled = 1 + InboxShare::kMost;
  reads = 0;
  for (uint32_t i = 0; i < InboxShare::kMost; ++i) {
    ASSERT_TRUE(share.has_place(read));
    share.post();
  }
  EXPECT_EQ(reads, 1);
}

}  // namespace
}  // namespace veche::media
