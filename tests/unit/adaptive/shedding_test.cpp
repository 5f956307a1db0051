// SPDX-License-Identifier: Apache-2.0
// What a busy lane stops doing, in which order and when it does it again.
#include "adaptive/shedding.hpp"

#include <gtest/gtest.h>

namespace veche::adaptive {
namespace {

uint8_t run(Shedding& shedding, float load, double seconds, int64_t& now_ns) {
  for (int i = 0; i < static_cast<int>(seconds * 10 + 0.5); ++i)
    shedding.update(load, 0.85F, now_ns += 100 * kMillisecond);
  return shedding.level();
}

TEST(Shedding, GoesOneLevelASecondWhileTheLoadIsHigh) {
  Shedding shedding;
  int64_t now_ns = 0;
  EXPECT_EQ(run(shedding, 0.84F, 60, now_ns), 0);
  EXPECT_EQ(run(shedding, 0.99F, 1, now_ns), 0);
  EXPECT_EQ(run(shedding, 0.99F, 0.1, now_ns), Shedding::kNoRedundancy);
  EXPECT_EQ(run(shedding, 0.99F, 1.1, now_ns), Shedding::kNoRetransmission);
  EXPECT_EQ(run(shedding, 0.99F, 1.1, now_ns), Shedding::kFewerSlots);
  EXPECT_EQ(run(shedding, 0.99F, 60, now_ns), Shedding::kFewerSlots);
}

TEST(Shedding, GoesNoFurtherThanTheLoadAsks) {
  Shedding shedding;
  int64_t now_ns = 0;
  EXPECT_EQ(run(shedding, 0.87F, 60, now_ns), Shedding::kNoRedundancy);
  EXPECT_EQ(run(shedding, 0.92F, 60, now_ns), Shedding::kNoRetransmission);
}

TEST(Shedding, EndsLevelByLevelAfterFiveCalmSeconds) {
  Shedding shedding;
  int64_t now_ns = 0;
  run(shedding, 0.92F, 60, now_ns);
  EXPECT_EQ(run(shedding, 0.81F, 60, now_ns), Shedding::kNoRetransmission)
      << "what it sheds may be all that keeps the load there";
  EXPECT_EQ(run(shedding, 0.7F, 5, now_ns), Shedding::kNoRetransmission);
  EXPECT_EQ(run(shedding, 0.7F, 0.1, now_ns), Shedding::kNoRedundancy);
  EXPECT_EQ(run(shedding, 0.7F, 5.1, now_ns), 0);
}

TEST(Shedding, IgnoresAPeak) {
  Shedding shedding;
  int64_t now_ns = 0;
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(run(shedding, 1, 0.9, now_ns), 0);
    EXPECT_EQ(run(shedding, 0.5F, 0.1, now_ns), 0);
  }
}

}  // namespace
}  // namespace veche::adaptive
