// SPDX-License-Identifier: Apache-2.0
// When it pays to let silence wait.
#include "media/wire/patience.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace veche::media {
namespace {

constexpr int64_t kPause = Patience::kPauseNs;

/// One packet every `gap_ns`, handled when the lane is woken or a poll is due. Returns the number
/// of wake-ups.
int wake_ups(Patience& patience, int64_t gap_ns, int64_t begin_ns, int64_t end_ns) {
  int count = 0;
  size_t waiting = 0;
  for (int64_t at_ns = begin_ns; at_ns < end_ns; at_ns += gap_ns) {
    ++waiting;
    if (patience.is_patient() && patience.due_ns() > at_ns) continue;
    EXPECT_LE(at_ns - patience.due_ns(), gap_ns);
    patience.looked(std::exchange(waiting, 0), at_ns);
    ++count;
  }
  return count;
}

TEST(Patience, IsWokenForEachWhereLittleComes) {
  Patience patience;
  EXPECT_EQ(patience.due_ns(), INT64_MAX);
  EXPECT_EQ(wake_ups(patience, 20 * kPause, 0, 2000 * kPause), 100);
  EXPECT_FALSE(patience.is_patient());
}

TEST(Patience, LooksNowAndThenWhereMuchComes) {
  Patience patience;
  const int count = wake_ups(patience, kPause / 20, 0, 100 * kPause);
  EXPECT_LE(count, 125) << "of 2000";
  EXPECT_TRUE(patience.is_patient());
}

TEST(Patience, NeverLetsMoreThanAPausePass) {
  Patience patience;
  for (int64_t now_ns = 0; now_ns < 100 * kPause; now_ns += kPause / 7) {
    patience.looked(1, now_ns);
    EXPECT_LE(patience.is_patient() ? patience.due_ns() : 0, now_ns + kPause);
  }
  EXPECT_TRUE(patience.is_patient());
}

TEST(Patience, EndsAfterAPauseInWhichLittleCame) {
  Patience patience;
  patience.looked(Patience::kMany, 0);
  EXPECT_TRUE(patience.is_patient());
  patience.looked(Patience::kMany - 1, kPause);
  EXPECT_FALSE(patience.is_patient());
  EXPECT_EQ(patience.due_ns(), INT64_MAX);
}

TEST(Patience, CountsWhatAnyLookFound) {
  Patience patience;
  patience.looked(0, 0);
  for (int64_t i = 1; i <= 3; ++i) patience.looked(1, i * kPause / 4);
  patience.looked(0, kPause);
  EXPECT_TRUE(patience.is_patient());
}

}  // namespace
}  // namespace veche::media
