// SPDX-License-Identifier: Apache-2.0
// What a link carried, of all packets and of a queue's: pauses, clumps and others' queues mislead
// neither.
#include "rtp/bwe/delivery.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "rtp/bwe/link_state.hpp"
#include "units.hpp"

namespace veche::rtp {
namespace {

PacketResult received(int64_t sent_us, int64_t arrival_us, uint16_t size = 135) {
  return {.sent_us = sent_us, .arrival_us = arrival_us, .size = size, .fate = PacketFate::Received};
}

TEST(CarriedRate, MeasuresWhatArrivedWithoutBelievingAClumpedArrival) {
  CarriedRate carried;
  std::optional<CarriedRate::Measure> measure;
  for (int64_t us = 0; !measure; us += kVoiceUs) {
    measure = carried.add(received(us, us - us % 100'000 + 140'000));
    ASSERT_LT(us, kUsPerS);
  }
  EXPECT_NEAR(measure->delivered_bps, 54'000, 100);
  EXPECT_EQ(measure->loss, 0u);
}

TEST(CarriedRate, IsWhatArrivedIfThatIsLess) {
  CarriedRate carried;
  std::optional<CarriedRate::Measure> measure;
  for (int64_t us = 0; !measure; us += kVoiceUs) measure = carried.add(received(us, 2 * us));
  EXPECT_NEAR(measure->delivered_bps, 27'000, 100);
}

TEST(CarriedRate, CountsLossApart) {
  CarriedRate carried;
  std::optional<CarriedRate::Measure> measure;
  for (int64_t index = 0; !measure; ++index) {
    PacketResult result = received(index * kVoiceUs, index * kVoiceUs);
    if (index % 4 == 3) result.fate = PacketFate::Lost;
    measure = carried.add(result);
  }
  EXPECT_NEAR(measure->sent_bps, 54'000, 1000);
  EXPECT_NEAR(measure->loss, LinkState::kOne / 4, LinkState::kOne / 30);
}

TEST(CarriedRate, APauseOrAGapStartsItAnew) {
  CarriedRate carried;
  for (int64_t us = 0; us < 20 * kUsPerS; us += 400'000) {
    EXPECT_FALSE(carried.add(received(us, us)));  // Silence with comfort noise.
  }
  for (int64_t index = 0; index < 200; ++index) {
    PacketResult result = received(index * kVoiceUs, index * kVoiceUs);
    result.follows_gap = index % 10 == 0;
    EXPECT_FALSE(carried.add(result));
  }
}

/// Packets every `sent_us` that arrive every `arrival_us`, with as much queue as that makes.
std::optional<BusyRate::Measure> busy(int64_t sent_us, int64_t arrival_us, int64_t queue_us) {
  BusyRate rate;
  for (int64_t i = 0; i < 60; ++i) {
    rate.add(received(i * sent_us, i * arrival_us), queue_us + i * (arrival_us - sent_us));
  }
  return rate.take();
}

TEST(BusyRate, IsTheRateOfArrivalWhileAQueueStands) {
  const auto measure = busy(10'000, 20'000, 30'000);
  ASSERT_TRUE(measure);
  EXPECT_EQ(measure->bps, 54'000u);
  EXPECT_EQ(measure->sent_bps, 108'000u);
  EXPECT_TRUE(measure->was_exceeded && measure->by_far);
}

TEST(BusyRate, AQueueOfOthersIsNotExceeded) {
  const auto measure = busy(20'000, 20'000, 100'000);
  ASSERT_TRUE(measure);
  EXPECT_EQ(measure->bps, 54'000u);
  EXPECT_FALSE(measure->was_exceeded);
}

TEST(BusyRate, PacketsThatDidNotWaitSayNothing) {
  EXPECT_FALSE(busy(20'000, 20'000, 5'000));  // Each left before the next came.
}

}  // namespace
}  // namespace veche::rtp
