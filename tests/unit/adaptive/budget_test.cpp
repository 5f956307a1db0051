// SPDX-License-Identifier: Apache-2.0
// How a budget falls, pauses and rises, call by call.
#include "adaptive/budget.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace veche::adaptive {
namespace {

/// A listener of three voices of 54 kbit/s.
struct Listening {
  /// One call; how many slots are on.
  size_t call() {
    now_ns += 100 * kMillisecond;
    budget.update(wants, whole_price(wants), link, true, now_ns, given);
    size_t on = 0;
    for (size_t i = 0; i < wants.size(); ++i) on += given[i].is_on ? 1 : 0;
    return on;
  }
  size_t run(int calls) {
    size_t on = 0;
    for (int i = 0; i < calls; ++i) on = call();
    return on;
  }
  void congest(uint32_t queue_us, uint32_t capacity_bps) {
    link.capacity_bps = capacity_bps;
    link.congestion = {.is_standing = true, .is_clear = false, .queue_us = queue_us};
  }
  void clear(uint32_t capacity_bps) {
    link.capacity_bps = capacity_bps;
    link.congestion = {.is_standing = false, .is_clear = true, .queue_us = 0};
  }

  std::vector<Want> wants{{54'000, 36'000, 0}, {54'000, 36'000, 0}, {54'000, 36'000, 0}};
  std::array<Given, 3> given{};
  Budget::Link link{.has_feedback = true, .capacity_bps = 162'000, .used_bps = 162'000};
  Budget budget;
  int64_t now_ns = 0;
};

TEST(Budget, IsNoneUntilCongestion) {
  Listening listening;
  listening.link.capacity_bps = 10'000;
  EXPECT_EQ(listening.run(100), 3U) << "what is proven is no limit by itself";
  EXPECT_EQ(listening.budget.bps(), 0U);
  EXPECT_EQ(listening.budget.wish_bps(), 0U);
}

TEST(Budget, IsNinetyPercentOfWhatTheLinkCarries) {
  Listening listening;
  listening.congest(100'000, 125'000);
  EXPECT_EQ(listening.call(), 2U);
  EXPECT_EQ(listening.budget.change(), Budget::Change::Limited);
  EXPECT_EQ(listening.budget.bps(), 112'500U);
}

TEST(Budget, CutsAtLeastOneSlotWhateverTheCapacityIsSaidToBe) {
  Listening listening;
  listening.congest(100'000, 900'000);
  EXPECT_EQ(listening.call(), 2U);
  EXPECT_EQ(listening.run(9), 2U) << "a cut is given a second to show";
  EXPECT_EQ(listening.call(), 1U);
  EXPECT_EQ(listening.budget.change(), Budget::Change::Cut);
}

TEST(Budget, LeavesAQueueThatFallsAlone) {
  Listening listening;
  listening.congest(150'000, 900'000);
  EXPECT_EQ(listening.call(), 2U);
  listening.congest(90'000, 900'000);
  EXPECT_EQ(listening.run(30), 2U);
}

TEST(Budget, TakesAQueueThatComesAfterAClearOneForAnother) {
  Listening listening;
  listening.link.has_feedback = false;
  listening.congest(1'400'000, 0);
  EXPECT_EQ(listening.call(), 2U);
  listening.clear(0);
  EXPECT_EQ(listening.run(60), 3U);
  listening.congest(420'000, 0);
  EXPECT_EQ(listening.call(), 2U) << "though it is shorter than the first one was";
  EXPECT_EQ(listening.budget.change(), Budget::Change::StepFailed);
}

TEST(Budget, CountsNoCutWhereNothingIsLeftToCut) {
  Listening listening;
  listening.congest(100'000, 60'000);
  EXPECT_EQ(listening.call(), 1U);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(listening.call(), 1U);
    EXPECT_EQ(listening.budget.change(), Budget::Change::None);
  }
}

TEST(Budget, PausesForAsLongAsTheQueueThatItLearnsOfMeanwhile) {
  Listening listening;
  listening.congest(250'000, 64'000);
  EXPECT_EQ(listening.call(), 0U) << "54 of 64 kbit/s would take a second and a half to drain it";
  int paused = 0;
  do {
    ++paused;
    uint32_t& queue_us = listening.link.congestion.queue_us;
    queue_us = std::min(queue_us + 100'000, 600'000U);
  } while (listening.call() == 0);
  EXPECT_EQ(paused, 11) << "250 ms grew by 162 to 64, for 250 ms more";
  EXPECT_EQ(listening.run(60), 1U) << "and not again so soon";
}

TEST(Budget, PausesForWhatWasSentSinceThePacketThatToldOfTheQueue) {
  Listening listening;
  listening.congest(400'000, 64'000);
  int paused = 0;
  for (; listening.call() == 0; ++paused) listening.link.congestion.queue_us = 500'000;
  EXPECT_EQ(paused, 14)
      << "162 kbit/s for 400 ms are a second of 64 kbit/s, and 250 ms later 0.4 s more";
}

TEST(Budget, PausesForNoShortQueueAndNoneThatDrainsFast) {
  Listening slow, fast;
  slow.congest(150'000, 64'000);
  EXPECT_EQ(slow.run(5), 1U);
  fast.congest(400'000, 100'000);
  EXPECT_EQ(fast.run(5), 1U);
}

TEST(Budget, FallsSilentAfterFourHopelessSecondsAndTriesAgainLaterAndLater) {
  Listening listening;
  listening.congest(100'000, 30'000);
  listening.link.loss = 0.4F;
  EXPECT_EQ(listening.run(40), 1U);
  EXPECT_EQ(listening.run(1), 0U) << "silence before chopped speech";
  EXPECT_EQ(listening.run(49), 0U);
  EXPECT_EQ(listening.run(1), 1U) << "tried again after five seconds";
  EXPECT_EQ(listening.run(40), 1U);
  EXPECT_EQ(listening.run(1), 0U);
  EXPECT_EQ(listening.run(99), 0U);
  EXPECT_EQ(listening.run(1), 1U) << "and then after ten";
}

TEST(Budget, KeepsTheLastVoiceWhileItFits) {
  Listening listening;
  listening.congest(1'500'000, 40'000);
  listening.run(15);
  listening.link.used_bps = 38'000;  // Its publisher sends less, and the queue drains.
  for (int i = 0; i < 80; ++i) EXPECT_EQ(listening.run(1), 1U);
}

TEST(Budget, ForgetsFailedStepsOnceEverythingIsBack) {
  Listening listening;
  const auto fail = [&] {
    listening.clear(400'000);
    for (int i = 0; i < 2'000 && listening.budget.change() != Budget::Change::Returned; ++i)
      listening.call();
    listening.congest(100'000, 60'000);
    listening.run(10);
  };
  listening.congest(100'000, 60'000);
  listening.call();
  for (int i = 0; i < 4; ++i) fail();
  listening.clear(400'000);
  listening.run(1'000);
  ASSERT_FALSE(listening.budget.is_limited());
  listening.congest(100'000, 60'000);
  listening.call();
  fail();
  listening.clear(400'000);
  EXPECT_EQ(listening.run(40), 1U);
  EXPECT_EQ(listening.run(10), 2U) << "five seconds, not forty";
}

TEST(Budget, WishesForTheNextSlotAndNoMore) {
  Listening listening;
  listening.congest(100'000, 60'000);
  listening.call();
  listening.clear(60'000);
  listening.run(19);
  EXPECT_EQ(listening.budget.wish_bps(), 0U) << "not while the queue drains";
  listening.run(1);
  EXPECT_EQ(listening.budget.wish_bps(), 108'000U * 100 / 88);
  listening.clear(listening.budget.wish_bps());
  EXPECT_EQ(listening.call(), 2U) << "what was wished for is enough";
  EXPECT_EQ(listening.budget.change(), Budget::Change::Returned);
  listening.call();
  EXPECT_EQ(listening.budget.wish_bps(), 162'000U * 100 / 88);
}

TEST(Budget, EndsTenSecondsAfterEverythingIsBack) {
  Listening listening;
  listening.congest(100'000, 60'000);
  listening.call();
  listening.clear(400'000);
  EXPECT_EQ(listening.run(36), 3U);
  EXPECT_TRUE(listening.budget.is_limited());
  listening.run(101);
  EXPECT_FALSE(listening.budget.is_limited());
}

TEST(Budget, APriceThatWaversIsNoStep) {
  Listening listening;
  listening.congest(100'000, 60'000);
  listening.call();
  listening.clear(400'000);
  ASSERT_EQ(listening.run(36), 3U);
  for (int second = 0; second < 9; ++second) {
    for (Want& want : listening.wants) want.price_bps += 100;
    EXPECT_EQ(listening.run(10), 3U);
  }
  ASSERT_TRUE(listening.budget.is_limited());
  listening.congest(100'000, 60'000);
  listening.call();
  EXPECT_EQ(listening.budget.change(), Budget::Change::Cut) << "and no step that has failed";
  listening.clear(400'000);
  EXPECT_EQ(listening.run(36), 3U) << "after two seconds, not five or more";
  for (int second = 0; second < 12; ++second) {
    for (Want& want : listening.wants) want.price_bps += 100;
    listening.run(10);
  }
  EXPECT_FALSE(listening.budget.is_limited());
}

TEST(Budget, StaysWhilePublishersSendLessForIt) {
  Listening listening;
  listening.congest(100'000, 60'000);
  listening.call();
  for (Want& want : listening.wants) want.price_bps = 18'000;
  listening.clear(60'000);
  for (int i = 0; i < 300; ++i) {
    listening.now_ns += 100 * kMillisecond;
    listening.budget.update(listening.wants, 162'000, listening.link, true, listening.now_ns,
                            listening.given);
  }
  EXPECT_TRUE(listening.given[2].is_on);
  EXPECT_TRUE(listening.budget.is_limited()) << "it all fits only because they are small";
  EXPECT_EQ(listening.budget.wish_bps(), 162'000U * 100 / 88);
}

}  // namespace
}  // namespace veche::adaptive
