// SPDX-License-Identifier: Apache-2.0
// The measures that an estimate is made of: windows, queueing delay, loss and its floor.
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>
#include <vector>

#include "rtp/bwe/delay_filter.hpp"
#include "rtp/bwe/drain_slope.hpp"
#include "rtp/bwe/link_state.hpp"
#include "rtp/bwe/longer_way.hpp"
#include "rtp/bwe/loss_filter.hpp"
#include "rtp/bwe/proven_capacity.hpp"
#include "rtp/bwe/rate_meter.hpp"
#include "rtp/bwe/report_filter.hpp"
#include "rtp/bwe/windowed_best.hpp"
#include "units.hpp"

namespace veche::rtp {
namespace {

TEST(WindowedBest, KeepsTheLowestAsLongAsItsWindow) {
  WindowedLowest lowest(10 * kUsPerS);
  EXPECT_FALSE(lowest.best());
  lowest.add(5, 0);
  lowest.add(9, 2 * kUsPerS);
  EXPECT_EQ(lowest.best(), 5);
  lowest.advance(9 * kUsPerS);
  EXPECT_EQ(lowest.best(), 5);
  lowest.advance(10 * kUsPerS);
  EXPECT_EQ(lowest.best(), 9);
  lowest.advance(100 * kUsPerS);
  EXPECT_FALSE(lowest.best());
}

TEST(WindowedBest, KeepsTheHighestToo) {
  WindowedHighest highest(10 * kUsPerS);
  highest.add(-5, 0);
  highest.add(-9, kUsPerS);
  EXPECT_EQ(highest.best(), -5);
}

TEST(RateMeter, CountsTheNewestSecond) {
  RateMeter meter;
  for (int64_t us = 0; us < 3 * kUsPerS; us += kVoiceUs) meter.add(135, us);
  EXPECT_NEAR(meter.bps(), 54'000, 1100);
  EXPECT_FALSE(meter.is_idle());
  meter.advance(10 * kUsPerS);
  EXPECT_EQ(meter.bps(), 0u);
  EXPECT_TRUE(meter.is_idle());
}

TEST(DelayFilter, MeasuresAStandingQueueWhateverTheClocksOffset) {
  for (const int64_t offset_us : {int64_t{0}, int64_t{-900} * kUsPerS, int64_t{7'000} * kUsPerS}) {
    DelayFilter delay;
    for (int64_t us = 0; us < 5 * kUsPerS; us += kVoiceUs) delay.add(us, us + 40'000 + offset_us);
    EXPECT_EQ(delay.queue_us(), 0u);
    for (int64_t us = 5 * kUsPerS; us < 6 * kUsPerS; us += kVoiceUs) {
      EXPECT_EQ(delay.add(us, us + 100'000 + offset_us), 60'000);
    }
    EXPECT_EQ(delay.queue_us(), 60'000u);
  }
}

TEST(DelayFilter, ARadioThatHoldsPacketsBackIsNoQueue) {
  DelayFilter delay;
  for (int64_t us = 0; us < 20 * kUsPerS; us += kVoiceUs) {
    const int64_t held_us = 100'000 - us % 100'000;  // All are released together.
    delay.add(us, us + 40'000 + held_us);
    EXPECT_LE(delay.queue_us(), 20'000u);
  }
  EXPECT_GT(delay.jitter_us(), 20'000u);
}

TEST(DelayFilter, AClockThatDriftsLooksLikeAShortQueueAtMost) {
  for (const int64_t ppm : {-200, -100, 100, 200}) {
    DelayFilter delay;
    for (int64_t us = 0; us < 600 * kUsPerS; us += kVoiceUs) {
      delay.add(us, us + us * ppm / 1'000'000 + 40'000);
    }
    EXPECT_LE(delay.queue_us(), 6'500u) << ppm;
  }
}

TEST(DelayFilter, ALongerWayIsTheShortestAfterTheWindow) {
  DelayFilter delay;
  const auto way_us = [](int64_t us) { return us < 10 * kUsPerS ? 40'000 : 140'000; };
  for (int64_t us = 0; us < 45 * kUsPerS; us += kVoiceUs) delay.add(us, us + way_us(us));
  EXPECT_EQ(delay.queue_us(), 0u);
}

struct Ways {
  const char* name;
  std::vector<int64_t> levels_ms;
  bool is_found;
};

TEST(LongerWay, IsAJumpThatStays) {
  const std::vector<Ways> table = {
      {"a jump that stays", {40, 40, 100, 101, 100, 99, 100, 100}, true},
      {"not yet", {40, 40, 100, 101, 100, 99, 100}, false},
      {"no jump", {40, 40, 40, 40, 40, 40, 40}, false},
      {"nothing before it", {100, 100, 100, 100, 100, 100, 100}, false},
      {"a queue that grows", {40, 60, 80, 100, 120, 140, 160, 180}, false},
      {"one that grows slowly", {40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80}, false},
      {"one that comes and goes", {40, 100, 100, 100, 100, 100, 40, 100, 100, 100}, false},
      {"it settles after the jump", {40, 130, 120, 100, 100, 101, 100, 99, 100}, true},
      {"a shorter way", {100, 40, 40, 40, 40, 40, 40, 40}, false},
      {"a small jump", {40, 50, 50, 50, 50, 50, 50, 50}, false},
  };
  for (const Ways& ways : table) {
    LongerWay longer_way({.flat_us = 4000, .jump_us = 15'000, .levels = 6});
    for (const int64_t ms : ways.levels_ms) longer_way.add(ms * 1000, 0);
    EXPECT_EQ(longer_way.found().has_value(), ways.is_found) << ways.name;
    longer_way.clear();
    EXPECT_FALSE(longer_way.found());
  }
}

TEST(LongerWay, IsItsShortestAndHalfOfTheJitterMovesNothing) {
  LongerWay longer_way({.flat_us = 4000, .jump_us = 15'000, .levels = 2});
  EXPECT_FALSE(longer_way.add(40'000, 0));
  EXPECT_FALSE(longer_way.add(109'000, 18'000));
  EXPECT_TRUE(longer_way.add(100'000, 18'000));
  EXPECT_EQ(longer_way.found(), 100'000);
}

/// Packets of a voice, of which every tenth or so is lost, through a queue that never empties, of
/// which others fill a part; and over a way with jitter alone.
DrainSlope slope_of(double others, uint32_t jitter_us, uint32_t lost_of_1000) {
  DrainSlope slope;
  std::mt19937 random(4);
  double way_us = 200'000, before_us = way_us;
  int64_t gap_us = 0;
  for (int i = 0; i < 100; ++i) {
    gap_us += kVoiceUs;
    if (random() % 1000 < lost_of_1000) continue;
    const double served_us = kVoiceUs / (1 - lost_of_1000 / 1000.0);
    way_us += (1 - others) * (served_us - static_cast<double>(gap_us));
    const double seen_us = way_us + random() % jitter_us;
    slope.add(gap_us, static_cast<int64_t>(seen_us - before_us));
    before_us = seen_us;
    gap_us = 0;
  }
  return slope;
}

TEST(DrainSlope, IsFlatWhereGapsMakeNoWayShorter) {
  EXPECT_TRUE(slope_of(1, 1, 100).is_flat());
  EXPECT_TRUE(slope_of(1, 10'000, 100).is_flat());
  EXPECT_FALSE(slope_of(0, 1, 100).is_flat()) << "a queue of its own";
  EXPECT_FALSE(slope_of(0, 10'000, 100).is_flat());
  EXPECT_FALSE(slope_of(0.5, 5000, 100).is_flat()) << "others fill half of it";
  EXPECT_FALSE(slope_of(1, 1, 0).is_flat()) << "no gaps to tell";
}

TEST(DrainSlope, TellsTheSameAfterADay) {
  DrainSlope flat, drains;
  for (int i = 0; i < 2'000'000; ++i) {
    const int64_t gap_us = i % 2 == 0 ? 20'000 : 60'000;
    flat.add(gap_us, 0);
    drains.add(gap_us, 40'000 - gap_us);
  }
  EXPECT_TRUE(flat.is_flat());
  EXPECT_FALSE(drains.is_flat());
}

TEST(DrainSlope, PausesAndStallsTellNothing) {
  DrainSlope slope;
  for (int i = 0; i < 1000; ++i) slope.add(i % 2 == 0 ? 20'000 : 5'000'000, 0);
  EXPECT_FALSE(slope.is_flat());
}

TEST(DelayFilter, AClockThatJumpsStartsItAnew) {
  DelayFilter delay;
  for (const int64_t offset_us : {int64_t{0}, 3600 * kUsPerS, -3600 * kUsPerS}) {
    for (int64_t us = 0; us < kUsPerS; us += kVoiceUs) delay.add(us, us + 40'000 + offset_us);
    EXPECT_EQ(delay.queue_us(), 0u);
  }
}

TEST(LossFilter, TellsLossOfTheNewestSlices) {
  LossFilter loss(500'000);
  for (int64_t us = 0; us < 10 * kUsPerS; us += kVoiceUs) {
    us % 200'000 == 0 && us > 5 * kUsPerS ? loss.add_lost(1, us) : loss.add_received(1, us);
  }
  EXPECT_NEAR(loss.loss(), LinkState::kOne / 10, LinkState::kOne / 100);
  for (int64_t us = 10 * kUsPerS; us < 20 * kUsPerS; us += kVoiceUs) loss.add_received(1, us);
  EXPECT_EQ(loss.loss(), 0u);
}

TEST(LossFilter, LearnsWhatIsLostAtAnyRate) {
  LossFilter loss(500'000);
  std::mt19937 random(3);
  for (int64_t us = 0; us < 20 * kUsPerS; us += kVoiceUs / 2) {
    random() % 10 == 0 ? loss.add_lost(1, us) : loss.add_received(1, us);
    loss.learn(us, true);
  }
  EXPECT_NEAR(loss.floor(), LinkState::kOne / 10, LinkState::kOne / 20);
  EXPECT_LT(loss.excess(), LinkState::kOne / 20);
}

TEST(LossFilter, LearnsNothingFromLossBeyondTheCapacity) {
  LossFilter loss(500'000);
  for (int64_t us = 0; us < 20 * kUsPerS; us += kVoiceUs) {
    us % 40'000 == 0 ? loss.add_lost(1, us) : loss.add_received(1, us);
    loss.learn(us, false);
  }
  EXPECT_EQ(loss.floor(), 0u);
  EXPECT_NEAR(loss.excess(), LinkState::kOne / 2, LinkState::kOne / 30);
}

TEST(LossFilter, CountsPacketsLostInARow) {
  LossFilter loss(500'000);
  EXPECT_EQ(loss.burst(), 0u);
  for (const int sequence : {10, 20, 21, 22, 65535, 65536, 65537, 65538}) {
    loss.add_to_burst(static_cast<uint16_t>(sequence));
  }
  EXPECT_EQ(loss.burst(), 8 * 16 / 3);  // 1, 3 and 4 in a row.
}

TEST(LossFilter, ARecoveredPacketIsNotLost) {
  LossFilter loss(500'000);
  for (int64_t us = 0; us < kUsPerS; us += kVoiceUs) loss.add_received(1, us);
  loss.add_lost(1, 300'000);
  EXPECT_GT(loss.loss(), 0u);
  loss.recover(300'000);
  EXPECT_EQ(loss.loss(), 0u);
}

TEST(ProvenCapacity, IsTheMostThatWasCarriedInAMinute) {
  ProvenCapacity capacity;
  EXPECT_EQ(capacity.bps(), 0u);
  capacity.carry(400'000, 0);
  capacity.carry(54'000, 50 * kUsPerS);
  EXPECT_EQ(capacity.bps(), 400'000u);
  capacity.advance(70 * kUsPerS);
  EXPECT_EQ(capacity.bps(), 54'000u);
  capacity.advance(200 * kUsPerS);
  EXPECT_EQ(capacity.bps(), 0u);
}

TEST(ProvenCapacity, ALimitReplacesWhatWasProvenUntilMoreIs) {
  ProvenCapacity capacity;
  capacity.carry(400'000, 0);
  capacity.limit(96'000, kUsPerS);
  EXPECT_EQ(capacity.bps(), 96'000u);
  capacity.carry(100'000, 2 * kUsPerS);
  EXPECT_TRUE(capacity.is_limit());  // A measure like that is the same limit.
  capacity.carry(170'000, 3 * kUsPerS);
  EXPECT_EQ(capacity.bps(), 170'000u);
  EXPECT_FALSE(capacity.is_limit());
  capacity.probe(300'000, 4 * kUsPerS);
  EXPECT_EQ(capacity.bps(), 300'000u);
  EXPECT_EQ(capacity.carried_bps(), 170'000u);
}

TEST(ReportFilter, WhatTheServerNeverHadIsNotLost) {
  ReportFilter reports;
  reports.add({.expected = 50, .lost = 12, .absent = 10}, kUsPerS);
  EXPECT_EQ(reports.loss().loss(), LinkState::kOne / 20);
}

TEST(ReportFilter, NoReportIsBelievedBeyondItsPackets) {
  ReportFilter reports;
  const int64_t most = std::numeric_limits<int64_t>::max();
  const int64_t least = std::numeric_limits<int64_t>::min();
  for (const int64_t expected : {least, int64_t{-1}, int64_t{0}, int64_t{50}, most}) {
    for (const int64_t lost : {least, int64_t{-3}, int64_t{50}, most}) {
      for (const int64_t absent : {least, int64_t{0}, most}) {
        reports.add({.expected = expected,
                     .lost = lost,
                     .absent = absent,
                     .jitter_us = 0xffffffff,
                     .round_trip_us = 0xffffffff},
                    kUsPerS);
        EXPECT_LE(reports.loss().loss(), LinkState::kOne);
        EXPECT_EQ(reports.round_trip_us(), 0u);
      }
    }
  }
}

TEST(ReportFilter, ALongerRoundTripThatStaysIsNoQueue) {
  ReportFilter reports;
  for (int64_t s = 0; s < 9; ++s) {
    const uint32_t round_trip_us = s < 5 ? 50'000 : 250'000;
    reports.add({.expected = 50, .round_trip_us = round_trip_us}, s * kUsPerS);
    EXPECT_EQ(reports.has_longer_way(), s == 8) << s;
  }
  EXPECT_EQ(reports.queue_us(), 200'000u);
  reports.accept_longer_way(9 * kUsPerS);
  EXPECT_EQ(reports.queue_us(), 0u);
  EXPECT_FALSE(reports.has_longer_way());
}

TEST(ReportFilter, AGrowingRoundTripTellsWhatPartIsServed) {
  ReportFilter reports;
  for (int64_t s = 0; s < 4; ++s) {
    reports.add({.expected = 50, .round_trip_us = 100'000 + static_cast<uint32_t>(s) * 400'000},
                s * kUsPerS);
  }
  EXPECT_NEAR(reports.growth(), LinkState::kOne * 4 / 10, 10);
  EXPECT_EQ(reports.queue_us(), 800'000u);
}

}  // namespace
}  // namespace veche::rtp
