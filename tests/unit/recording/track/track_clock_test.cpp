// SPDX-License-Identifier: Apache-2.0
// A track's clock in simulated hours: drift, jitter, loss, pauses, longer routes, sender reports.
#include "recording/track/track_clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "../../repetitions.hpp"
#include "simulated_track.hpp"

namespace veche::recording::track_clock_test {
namespace {

using testing::Jitter;
using testing::kMs;
using testing::kSecond;
using testing::Sent;
using testing::simulate;
using testing::TrackPlan;

constexpr int64_t kOriginNs = -1'000'000 * kMs;  // Arbitrary.

struct Errors {
  int64_t last_ns = 0;                ///< Mean of the last 10 s.
  int64_t most_ns = 0, least_ns = 0;  ///< After the first 30 s.
  int64_t largest_step_ns = 0;        ///< Between two packets, relative to the true time.
};

/// The error of the clock, minus the shortest delay. The clock must not go backwards.
Errors measure(const TrackPlan& plan) {
  TrackClock clock(48'000, kOriginNs);
  Errors errors{.most_ns = INT64_MIN, .least_ns = INT64_MAX};
  int64_t before_ns = INT64_MIN, before_error_ns = 0, sum_ns = 0, count = 0;
  uint32_t newest = 0;
  for (const Sent& sent : simulate(plan)) {
    clock.observe(sent.packet, testing::kPacketNs);
    const int64_t time_ns = clock.time_ns(sent.packet.timestamp) + kOriginNs;
    EXPECT_LE(time_ns, sent.packet.arrival_ns);
    const bool is_newest = before_ns == INT64_MIN || int32_t(sent.packet.timestamp - newest) > 0;
    const int64_t error_ns = time_ns - sent.truth_ns - testing::kShortestWayNs;
    if (is_newest) {
      EXPECT_GE(time_ns, before_ns) << "at " << sent.truth_ns / kMs << " ms";
      newest = sent.packet.timestamp;
      before_ns = time_ns;
    }
    if (sent.truth_ns < 30 * kSecond) continue;
    if (before_error_ns != 0) {
      errors.largest_step_ns =
          std::max(errors.largest_step_ns, std::abs(error_ns - before_error_ns));
    }
    before_error_ns = error_ns;
    errors.most_ns = std::max(errors.most_ns, error_ns);
    errors.least_ns = std::min(errors.least_ns, error_ns);
    if (sent.truth_ns >= (plan.seconds - 10) * kSecond) {
      sum_ns += error_ns;
      ++count;
    }
  }
  errors.last_ns = sum_ns / std::max<int64_t>(count, 1);
  return errors;
}

std::string describe(const TrackPlan& plan, const Errors& errors) {
  return "seed " + std::to_string(plan.seed) + ", drift " + std::to_string(plan.drift_ppm) +
         " ppm, jitter " + std::to_string(int(plan.jitter)) + ", interval " +
         std::to_string(plan.interval_ns / kMs) + " ms: from " +
         std::to_string(errors.least_ns / 1000) + " to " + std::to_string(errors.most_ns / 1000) +
         " us, at last " + std::to_string(errors.last_ns / 1000) + " us, step " +
         std::to_string(errors.largest_step_ns / 1000) + " us";
}

constexpr Jitter kShapes[] = {Jitter::None, Jitter::Uniform, Jitter::Exponential, Jitter::Bursts};

/// Any two of these tracks stay within 20 ms of each other.
void expect_together(const std::vector<TrackPlan>& plans) {
  int64_t most_ns = INT64_MIN, least_ns = INT64_MAX;
  for (const TrackPlan& plan : test::sampled(plans)) {
    const Errors errors = measure(plan);
    SCOPED_TRACE(describe(plan, errors));
    most_ns = std::max(most_ns, errors.most_ns);
    least_ns = std::min(least_ns, errors.least_ns);
    EXPECT_LE(errors.most_ns, 20 * kMs);
    EXPECT_GE(errors.least_ns, -20 * kMs);
  }
  EXPECT_LE(most_ns - least_ns, 20 * kMs);
}

TEST(TrackClock, KeepsTracksTogetherForAnHourOfDriftJitterAndLoss) {
  std::vector<TrackPlan> plans;
  for (const double drift_ppm : {-100, -50, 0, 50, 100}) {
    for (const Jitter jitter : kShapes) {
      for (const int64_t interval_ns : {20 * kMs, 400 * kMs}) {
        plans.push_back({.seed = uint32_t(plans.size() + 1),
                         .drift_ppm = drift_ppm,
                         .jitter = jitter,
                         .interval_ns = interval_ns});
      }
    }
  }
  expect_together(plans);
}

TEST(TrackClock, TakesALongerRouteForWhatItIs) {
  std::vector<TrackPlan> plans;
  for (const double drift_ppm : {-50, 0, 50}) {
    for (const int64_t interval_ns : {20 * kMs, 400 * kMs}) {
      TrackPlan plan{.seed = uint32_t(plans.size() + 100), .drift_ppm = drift_ppm};
      plan.interval_ns = interval_ns;
      plan.step_at_s = 900;
      plan.step_ns = 80 * kMs;
      plans.push_back(plan);
      plan.step_until_s = 1800;
      plans.push_back(plan);
      plan.reports_from_s = 2;
      plans.push_back(plan);
    }
  }
  expect_together(plans);
}

TEST(TrackClock, FindsItsTimeAgainAfterTenMinutesOfSilence) {
  std::vector<TrackPlan> plans;
  for (const double drift_ppm : {-100, -50, 0, 50, 100}) {
    TrackPlan plan{.seed = uint32_t(plans.size() + 200), .drift_ppm = drift_ppm};
    plan.mute_from_s = 600;
    plan.mute_until_s = 1200;
    plans.push_back(plan);
    plan.mute_from_s = 2900;
    plan.mute_until_s = 3590;
    plans.push_back(plan);
  }
  expect_together(plans);
}

TEST(TrackClock, TakesCapturesWhereThereAreSome) {
  std::vector<TrackPlan> plans;
  for (const int64_t encoder_ns : {0 * kMs, 10 * kMs, 70 * kMs, 150 * kMs}) {
    TrackPlan plan{.seed = uint32_t(plans.size() + 300), .drift_ppm = 50, .seconds = 600};
    plan.encoder_ns = encoder_ns;
    plan.reports_from_s = 0;
    plans.push_back(plan);
  }
  expect_together(plans);
}

/// Pictures take longer to encode and to send than sound. Sender reports begin after two seconds.
TEST(TrackClock, KeepsSoundAndPicturesOfAnHourTogetherByTheirCaptures) {
  constexpr int64_t kMilli = 1'000'000;
  constexpr int64_t kHourMs = 3'600'000;
  TrackClock sound(48'000, 0), pictures(90'000, 0);
  std::mt19937 random(7);
  std::uniform_int_distribution<int64_t> jitter_ms(0, 40);
  std::bernoulli_distribution is_lost(0.02);
  const auto pass = [&](TrackClock& clock, int64_t ms, uint32_t ticks_per_ms, int64_t delay_ms) {
    if (is_lost(random)) return int64_t{0};
    Packet packet;
    packet.arrival_ns = (ms + delay_ms + jitter_ms(random)) * kMilli;
    if (ms > 2000) packet.capture_ns = ms * kMilli;
    packet.timestamp = static_cast<uint32_t>(ms * ticks_per_ms);
    clock.observe(packet);
    return clock.time_ns(packet.timestamp) - ms * kMilli;
  };
  int64_t sound_ns = 0, apart_ns = 0;
  for (int64_t ms = 0; ms < kHourMs; ms += 20) {
    if (const int64_t late = pass(sound, ms, 48, 20)) sound_ns = late;
    if (ms % 40 != 0) continue;
    const int64_t late = pass(pictures, ms, 90, 110);
    if (late != 0 && ms > 30'000) apart_ns = std::max(apart_ns, std::abs(late - sound_ns));
  }
  EXPECT_LT(apart_ns, 40 * kMilli);
  std::cout << "sound and pictures are at most " << apart_ns / kMilli << " ms apart\n";
}

TEST(TrackClock, GoesOverToCapturesWithoutAStep) {
  TrackPlan plan{.seed = 400, .seconds = 300};
  plan.encoder_ns = 70 * kMs;
  plan.reports_from_s = 100;
  const Errors errors = measure(plan);
  SCOPED_TRACE(describe(plan, errors));
  EXPECT_GE(errors.most_ns, 65 * kMs);
  EXPECT_LE(std::abs(errors.last_ns), 10 * kMs);
  EXPECT_LE(errors.largest_step_ns, 3 * kMs);  // 5 ms in a second, and a pause in the packets.
}

TEST(TrackClock, FollowsASenderThatStoodStillIfItsReportsSaySo) {
  TrackPlan plan{.seed = 500, .seconds = 600};
  plan.reports_from_s = 0;
  plan.slip_at_s = 200;
  plan.slip_ns = 80 * kMs;
  const Errors errors = measure(plan);
  SCOPED_TRACE(describe(plan, errors));
  EXPECT_LE(std::abs(errors.last_ns), 10 * kMs);
}

TEST(TrackClock, FollowsASenderThatStoodStillForLongWithoutReports) {
  TrackPlan plan{.seed = 501, .seconds = 600};
  plan.slip_at_s = 200;
  plan.slip_ns = 300 * kMs;
  const Errors errors = measure(plan);
  SCOPED_TRACE(describe(plan, errors));
  EXPECT_LE(std::abs(errors.last_ns), 10 * kMs);
}

Packet packet_at(int64_t arrival_ns, uint32_t timestamp) {
  Packet packet;
  packet.arrival_ns = arrival_ns;
  packet.timestamp = timestamp;
  return packet;
}

TEST(TrackClock, BeginsAnewWhereTheTimestampsJump) {
  for (const uint32_t jump : {0x7fff'0000U, 0x8000'1000U, 48'000U * 20, uint32_t(-48'000 * 20)}) {
    SCOPED_TRACE(jump);
    TrackClock clock(48'000, 0);
    uint32_t timestamp = 0xffff'0000;  // Wraps around on the way.
    int64_t at_ns = kSecond;
    for (int i = 0; i < 200; ++i, at_ns += 20 * kMs, timestamp += 960) {
      clock.observe(packet_at(at_ns, timestamp), 20 * kMs);
      EXPECT_EQ(clock.time_ns(timestamp), at_ns - 20 * kMs);
    }
    const uint32_t old = timestamp - 960;
    timestamp += jump;
    clock.observe(packet_at(at_ns, timestamp), 20 * kMs);
    EXPECT_EQ(clock.restarts(), 1U);
    // A packet that is still waiting has its own time.
    EXPECT_EQ(clock.time_ns(old), at_ns - 40 * kMs);
    EXPECT_EQ(clock.time_ns(timestamp), at_ns - 20 * kMs);
  }
}

TEST(TrackClock, PlacesWhatComesAfterAPauseOfTheTimestampsAtItsArrival) {
  TrackClock clock(48'000, 0);
  clock.observe(packet_at(kSecond, 0), 20 * kMs);
  clock.observe(packet_at(61 * kSecond, 960), 20 * kMs);
  EXPECT_EQ(clock.time_ns(960), 61 * kSecond - 20 * kMs);
}

TEST(TrackClock, IsRightAgainAfterANetworkThatStoodStill) {
  TrackClock clock(48'000, 0);
  int64_t at_ns = 0;
  uint32_t timestamp = 0;
  for (; at_ns < 10 * kSecond; at_ns += 20 * kMs, timestamp += 960) {
    clock.observe(packet_at(at_ns, timestamp));
  }
  const int64_t stuck_ns = at_ns + 3 * kSecond;
  for (; at_ns < stuck_ns; at_ns += 20 * kMs, timestamp += 960) {
    clock.observe(packet_at(stuck_ns, timestamp));
    EXPECT_LE(clock.time_ns(timestamp), stuck_ns);
  }
  for (; at_ns < stuck_ns + kSecond; at_ns += 20 * kMs, timestamp += 960) {
    clock.observe(packet_at(at_ns, timestamp));
    EXPECT_EQ(clock.time_ns(timestamp), at_ns);
  }
}

TEST(TrackClock, IsNotMovedByAStraggler) {
  TrackClock clock(90'000, 0);
  for (int i = 0; i < 100; ++i) clock.observe(packet_at(i * 20 * kMs, uint32_t(i) * 1800));
  clock.observe(packet_at(2 * kSecond + 500 * kMs, 0));
  EXPECT_EQ(clock.restarts(), 0U);
  EXPECT_EQ(clock.time_ns(99 * 1800), 99 * 20 * kMs);
}

TEST(TrackClock, SurvivesAnyTimestamps) {
  std::mt19937_64 random(7);
  TrackClock clock(90'000, 0);
  int64_t at_ns = 0, before_ns = INT64_MIN;
  for (int i = 0; i < 200'000; ++i) {
    at_ns += int64_t(random() % (100 * kMs));
    Packet packet = packet_at(at_ns, static_cast<uint32_t>(random()));
    packet.capture_ns = at_ns + int64_t(random() % (20 * kSecond)) - 10 * kSecond;
    clock.observe(packet);
    const int64_t time_ns = clock.time_ns(packet.timestamp);
    ASSERT_LE(time_ns, at_ns);
    ASSERT_GE(time_ns, at_ns - 20 * kSecond);
    before_ns = time_ns;
  }
  EXPECT_GT(before_ns, 0);
}

}  // namespace
}  // namespace veche::recording::track_clock_test
