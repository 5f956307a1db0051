// SPDX-License-Identifier: Apache-2.0
// Senders whose timestamps count at another rate are noticed, and others are not.
#include "recording/track/clock_check.hpp"

#include <gtest/gtest.h>

#include <random>

#include "recording/track/track_clock.hpp"
#include "simulated_track.hpp"

namespace veche::recording::clock_check_test {
namespace {

using testing::kMs;
using testing::kSecond;

/// Packets of 20 ms, whose timestamps count by `ticks`; the arrival of the finding, in seconds.
struct Found {
  std::optional<ClockCheck::Finding> finding;
  int64_t after_s = 0;
};
Found check(uint32_t ticks, int64_t jitter_ms, int64_t seconds = 60) {
  ClockCheck check(48'000);
  std::mt19937 random(3);
  int64_t arrived_ns = 0;
  for (int64_t i = 0; i < seconds * 50; ++i) {
    const int64_t jitter_ns = jitter_ms > 0 ? int64_t(random() % (jitter_ms * 1000)) * 1000 : 0;
    Packet packet;
    packet.arrival_ns = arrived_ns = std::max(arrived_ns, i * 20 * kMs + jitter_ns);
    packet.timestamp = 0xffffff00 + static_cast<uint32_t>(i) * ticks;
    if (const auto finding = check.observe(packet)) return {finding, packet.arrival_ns / kSecond};
  }
  return {};
}

TEST(ClockCheck, NamesTheUsualRateOfAWrongClock) {
  const struct {
    uint32_t ticks, likely_hz;
  } cases[] = {{160, 8'000},  {240, 12'000},   {320, 16'000},   {480, 24'000},
               {640, 32'000}, {1'920, 96'000}, {1'800, 90'000}, {300, 16'000}};
  for (const auto& [ticks, likely_hz] : cases) {
    const Found found = check(ticks, 40);
    ASSERT_TRUE(found.finding) << ticks;
    EXPECT_EQ(found.finding->likely_hz, likely_hz);
    EXPECT_NEAR(found.finding->measured_hz, ticks * 50, ticks * 3);
    EXPECT_LE(found.after_s, 7);
  }
}

TEST(ClockCheck, SaysThatAnUnusualRateIsNone) {
  const Found found = check(50, 0);
  ASSERT_TRUE(found.finding);
  EXPECT_EQ(found.finding->likely_hz, 0U);
}

TEST(ClockCheck, BelievesRightClocks) {
  EXPECT_FALSE(check(960, 0).finding);
  EXPECT_FALSE(check(960, 200).finding);
}

TEST(ClockCheck, IsNotMisledByLossDtxMutesOrAStalledSender) {
  testing::TrackPlan plans[5];
  plans[0].loss = 0.3;
  plans[1].interval_ns = 400 * kMs;
  plans[2].mute_from_s = 100, plans[2].mute_until_s = 400;
  plans[3].slip_at_s = 100, plans[3].slip_ns = 3 * kSecond;
  plans[4].jitter = testing::Jitter::Exponential, plans[4].step_at_s = 50,
  plans[4].step_ns = 400 * kMs;
  for (testing::TrackPlan& plan : plans) {
    plan.seconds = 600;
    ClockCheck check(48'000);
    for (const testing::Sent& sent : testing::simulate(plan)) {
      ASSERT_FALSE(check.observe(sent.packet)) << "at " << sent.truth_ns / kSecond << " s";
    }
  }
}

Packet packet_at(int64_t arrival_ns, uint32_t timestamp) {
  Packet packet;
  packet.arrival_ns = arrival_ns;
  packet.timestamp = timestamp;
  return packet;
}

TEST(TrackClock, FindsTheTimeOfAnotherSourceAtOnce) {
  TrackClock clock(48'000, 0);
  for (int i = 0; i < 100; ++i) clock.observe(packet_at(i * 20 * kMs, uint32_t(i) * 960));
  clock.begin_source(48'000);
  // Near the other's, and yet another clock.
  clock.observe(packet_at(2000 * kMs, 90'000));
  EXPECT_EQ(clock.time_ns(90'000), 2000 * kMs);
  EXPECT_EQ(clock.restarts(), 1U);
}

TEST(TrackClock, CountsOnAtAnotherRate) {
  TrackClock clock(48'000, 0);
  for (int i = 0; i < 100; ++i) clock.observe(packet_at(i * 20 * kMs, uint32_t(i) * 160));
  const uint64_t before = clock.restarts();
  clock.begin_source(8'000);
  for (int i = 100; i < 400; ++i) {
    clock.observe(packet_at(i * 20 * kMs, uint32_t(i) * 160));
    EXPECT_EQ(clock.time_ns(uint32_t(i) * 160), i * 20 * kMs);
  }
  EXPECT_EQ(clock.restarts(), before + 1);
}

TEST(ClockCheck, BeginsAgainWithAnotherSource) {
  ClockCheck check(48'000);
  Packet packet;
  for (int source = 0; source < 20; ++source) {
    check.begin_source();
    packet.timestamp += 1'000'000;
    for (int i = 0; i < 200; ++i) {
      packet.arrival_ns += 20 * kMs;
      packet.timestamp += 160;
      ASSERT_FALSE(check.observe(packet)) << "four seconds of a source are not enough";
    }
  }
}

}  // namespace
}  // namespace veche::recording::clock_check_test
