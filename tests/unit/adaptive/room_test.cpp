// SPDX-License-Identifier: Apache-2.0
// The policy as a whole, in rooms over links that lose, queue and recover.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "world.hpp"

namespace veche::adaptive::test {
namespace {

/// Three talkers who obey no hints, and one listener.
struct Meeting : World {
  explicit Meeting(size_t people = 4, size_t talkers = 3) : World(people, talkers) {
    for (size_t i = 0; i < people; ++i) (*this)[i].is_hinted = false;
    run_s(10);
  }
  Person& listener() { return (*this)[size() - 1]; }
};

struct Limit {
  uint32_t rate_bps;
};
class Shaped : public testing::TestWithParam<Limit> {};

TEST_P(Shaped, LeavesTheMainSpeakerWithinThreeSecondsAndBringsAllBackWithinTen) {
  Meeting meeting;
  Person& listener = meeting.listener();
  EXPECT_TRUE(is_neutral(listener));
  listener.link.rate_bps = GetParam().rate_bps;
  EXPECT_LE(meeting.run_until(3, [&] { return listener.heard() < 3; }), 1.0)
      << "cut within a second of a standing queue";
  meeting.run_s(2.5);
  for (int i = 0; i < 200; ++i) {
    meeting.step();
    ASSERT_TRUE(listener.hears(0) && listener.heard() == 1) << meeting.now_s();
    ASSERT_LT(listener.link.queue_ms(), 200) << meeting.now_s();
  }
  EXPECT_EQ(listener.decided.quality, VECHE_QUALITY_POOR);
  EXPECT_EQ(listener.decided.reason, index_of(Reason::Congestion));
  EXPECT_EQ(listener.slots[1].reason, index_of(Reason::Congestion));
  EXPECT_EQ(listener.slots[0].protection, VECHE_PROTECT_NONE | VECHE_PROTECT_RETRANSMIT)
      << "not even what the publisher repeats";
  EXPECT_GT(listener.decided.wish_bps, 108'000U) << "two voices";
  EXPECT_LT(listener.decided.wish_bps, 162'000U) << "and no more";

  listener.link.rate_bps = 0;
  EXPECT_LE(meeting.run_until(20, [&] { return listener.heard() == 3; }), 10.0);
  meeting.run_s(15);
  EXPECT_TRUE(is_neutral(listener)) << "nothing is left of it";
}
INSTANTIATE_TEST_SUITE_P(Adaptive, Shaped, testing::Values(Limit{100'000}, Limit{64'000}),
                         [](const auto& info) { return std::to_string(info.param.rate_bps); });

TEST(AdaptiveRoom, BringsVoicesBackOneAtATime) {
  Meeting meeting(6, 5);
  Person& listener = meeting.listener();
  listener.link.rate_bps = 100'000;
  meeting.run_s(10);
  listener.link.rate_bps = 0;
  uint32_t heard = listener.heard();
  EXPECT_EQ(heard, 1U);
  double returned_s = 0;
  while (heard < 5 && meeting.now_s() < 100) {
    meeting.step();
    if (listener.heard() == heard) continue;
    EXPECT_EQ(listener.heard(), heard + 1);
    EXPECT_GE(meeting.now_s() - returned_s, 1.5 - 0.01);
    returned_s = meeting.now_s();
    heard = listener.heard();
  }
  EXPECT_EQ(heard, 5U);
}

TEST(AdaptiveRoom, DoesNotFlapOnALinkThatFallsAndRisesTwentyTimes) {
  Meeting meeting;
  Person& listener = meeting.listener();
  for (int round = 0; round < 20; ++round) {
    int ups = 0, downs = 0;
    uint32_t heard = listener.heard();
    const auto watch = [&](uint32_t rate_bps, double seconds) {
      listener.link.rate_bps = rate_bps;
      for (int i = 0; i < static_cast<int>(10 * seconds); ++i) {
        meeting.step();
        ups += listener.heard() > heard && heard == 1 ? 1 : 0;
        downs += listener.heard() < heard ? 1 : 0;
        heard = listener.heard();
      }
    };
    watch(96'000, 15);
    EXPECT_EQ(heard, 1U) << round;
    watch(400'000, 15);
    EXPECT_EQ(heard, 3U) << round;
    EXPECT_EQ(ups, 1) << round;
    EXPECT_EQ(downs, 1) << round;
  }
}

TEST(AdaptiveRoom, BacksOffFromAStepThatFails) {
  Meeting meeting;
  Person& listener = meeting.listener();
  listener.link.has_feedback = false;  // Nothing proves a step but trying.
  meeting.run_s(35);
  listener.link.rate_bps = 75'000;
  std::vector<double> tries_s;
  uint32_t heard = 3;
  for (int i = 0; i < 2'000; ++i) {
    meeting.step();
    if (listener.heard() > heard) tries_s.push_back(meeting.now_s());
    heard = listener.heard();
  }
  ASSERT_GE(tries_s.size(), 4U);
  for (size_t i = 2; i < 4; ++i) {
    const double before_s = tries_s[i - 1] - tries_s[i - 2], now_s = tries_s[i] - tries_s[i - 1];
    EXPECT_GT(now_s, before_s + 3) << "try " << i;
  }
  EXPECT_GT(tries_s.back() - tries_s[tries_s.size() - 2], 40) << "the longest";
  listener.link.rate_bps = 0;
  EXPECT_LE(meeting.run_until(80, [&] { return listener.heard() == 3; }), 60) << "nothing is stuck";
}

TEST(AdaptiveRoom, HearsTheNewMainSpeakerThroughANarrowLink) {
  Meeting meeting;
  Person& listener = meeting.listener();
  listener.link.rate_bps = 100'000;
  meeting.run_s(10);
  ASSERT_TRUE(listener.hears(0));
  meeting[0].talks = false;  // The second talker is the main speaker now, in the first slot.
  meeting.step();
  EXPECT_TRUE(listener.hears(0));
  EXPECT_EQ(listener.heard(), 1U);
}

TEST(AdaptiveRoom, CutsTheLastVoiceOnlyWhereItIsHopeless) {
  Meeting meeting(2, 1);
  Person& listener = meeting.listener();
  listener.link.rate_bps = 50'000;  // 54 are needed.
  listener.link.longest_ms = 300;
  for (int i = 0; i < 600; ++i) {
    meeting.step();
    // A pause to drain the queue is no silence.
    if (!listener.hears(0)) {
      EXPECT_LE(meeting.run_until(5, [&] { return listener.hears(0); }), 1.0);
    }
  }
  listener.link.rate_bps = 20'000;
  double silent_s = 0;
  meeting.run_until(30, [&] {
    silent_s = listener.hears(0) ? 0 : silent_s + 0.1;
    return silent_s > 2;
  });
  EXPECT_GT(silent_s, 2);
  EXPECT_LE(meeting.run_until(60, [&] { return listener.hears(0); }), 4) << "it is tried again";
}

TEST(AdaptiveRoom, ProtectsAListenerThatLosesAndNobodyElse) {
  const struct {
    float loss;
    uint32_t burst, repeated;
  } rows[] = {{0.1F, 18, 2}, {0.2F, 20, 2}, {0.03F, 17, 1}, {0.03F, 80, 2}, {0.005F, 17, 0}};
  for (const auto& row : rows) {
    Meeting meeting(5, 2);
    Person& listener = meeting.listener();
    listener.link.random_loss = row.loss;
    listener.link.burst = row.burst;
    meeting.run_s(1);
    EXPECT_EQ(listener.repeated(0), row.repeated) << row.loss;
    EXPECT_EQ(listener.heard(), 2U) << "loss is no congestion";
    EXPECT_TRUE(is_neutral(meeting[3]));
    if (row.repeated > 0) {
      EXPECT_EQ(listener.slots[0].reason, index_of(Reason::Loss));
    }
    listener.link.random_loss = 0;
    meeting.run_s(16);
    EXPECT_TRUE(is_neutral(listener));
  }
}

TEST(AdaptiveRoom, PaysForProtectionFromTheBudget) {
  Meeting meeting;
  Person& listener = meeting.listener();
  listener.link.random_loss = 0.1F;
  listener.link.rate_bps = 140'000;  // Three plain voices want 162, with protection 366.
  meeting.run_s(20);
  EXPECT_EQ(listener.heard(), 1U);
  EXPECT_GE(listener.repeated(0), 1U) << "one voice that is clear before two that are not";
  EXPECT_LT(listener.link.queue_ms(), 100);
}

TEST(AdaptiveRoom, ReportsLossToAPublisherWhoseListenersAreNotProtected) {
  World world(2, 1);
  world[1].is_able = false;
  world.run_s(5);
  EXPECT_EQ(world[0].asked.reported_loss, 0);
  world[1].link.random_loss = 0.15F;
  EXPECT_LE(world.run_until(5, [&] { return world[0].asked.reported_loss > 0.14F; }), 1.0);
  EXPECT_EQ(world[0].asked.reason, index_of(Reason::ListenerLoss));
  world[1].link.random_loss = 0;
  EXPECT_LE(world.run_until(60, [&] { return world[0].asked.reported_loss == 0; }), 30.0);
}

TEST(AdaptiveRoom, ReportsTheLossThatThreeQuartersOfTheListenersDoNotExceed) {
  World world(5, 1);
  for (size_t i = 1; i < 5; ++i) world[i].is_able = false;
  world[1].link.random_loss = 0.3F;
  world.run_s(2);
  EXPECT_EQ(world[0].asked.reported_loss, 0) << "one of four is no more than a quarter";
  world[2].link.random_loss = 0.1F;
  world.run_s(2);
  EXPECT_FLOAT_EQ(world[0].asked.reported_loss, 0.1F);
}

TEST(AdaptiveRoom, AsksForWhatTheMedianOfTheLimitedListenersCarries) {
  World world(5, 1);
  world.obeys = false;
  world[1].link.rate_bps = 20'000;
  world[2].link.rate_bps = 40'000;
  world[3].link.rate_bps = 48'000;
  world.run_s(20);
  EXPECT_EQ(world[0].asked.packet_ms, 40U);
  EXPECT_EQ(world[0].asked.max_bitrate_bps, 24'000U) << "36 kbit/s with 11.2 of headers";
}

TEST(AdaptiveRoom, ReportsNothingOfLossThatRedundancyMakesGood) {
  World world(2, 1);
  world[1].link.random_loss = 0.15F;
  world.run_s(10);
  EXPECT_EQ(world[1].repeated(0), 2U);
  EXPECT_EQ(world[0].asked.reported_loss, 0);
  world.policy.max_redundancy = 0;
  world.run_s(1);
  EXPECT_GT(world[0].asked.reported_loss, 0.14F);
}

TEST(AdaptiveRoom, LeavesNinetyGoodListenersAloneWhileTenAreBad) {
  World world(100, 3);
  for (size_t i = 90; i < 95; ++i) world[i].link.random_loss = 0.15F;
  for (size_t i = 95; i < 100; ++i) world[i].link.rate_bps = 90'000;
  for (int i = 0; i < 200; ++i) {
    world.step();
    for (size_t good = 0; good < 90; ++good) ASSERT_TRUE(is_neutral(world[good])) << good;
    for (size_t talker = 0; talker < 3; ++talker) {
      ASSERT_EQ(world[talker].asked.reported_loss, 0);
      ASSERT_EQ(world[talker].asked.max_bitrate_bps, 0U);
    }
  }
  EXPECT_EQ(world[92].repeated(0), 2U);
  EXPECT_EQ(world[97].heard(), 1U);
}

TEST(AdaptiveRoom, AsksPublishersForLessWhereMostListenersAreLimited) {
  World world(4, 3);
  for (size_t i = 0; i < 4; ++i) world[i].link.rate_bps = 100'000;
  EXPECT_GE(world.run_until(20, [&] { return world[0].asked.max_bitrate_bps != 0; }), 5.0);
  EXPECT_EQ(world[0].asked.reason, index_of(Reason::ListenerCongestion));
  EXPECT_EQ(world[0].asked.dtx, 2U);
  EXPECT_LE(world.run_until(60, [&] { return world[3].heard() == 2; }), 60.0)
      << "two smaller voices fit where one did";
  world.run_s(60);
  EXPECT_NE(world[0].asked.max_bitrate_bps, 0U) << "they do so only because they are small";
  for (size_t i = 0; i < 4; ++i) world[i].link.rate_bps = 0;
  EXPECT_LE(world.run_until(60, [&] { return world[0].asked.packet_ms == 0; }), 30.0);
  EXPECT_EQ(world[3].heard(), 3U);
  world.run_s(60);
  EXPECT_TRUE(is_neutral(world[3]));
}

TEST(AdaptiveRoom, GivesEverybodyEverythingOnceItIsOff) {
  Meeting meeting;
  Person& listener = meeting.listener();
  listener.link.rate_bps = 100'000;
  listener.link.random_loss = 0.1F;
  meeting.run_s(10);
  EXPECT_FALSE(is_neutral(listener));
  meeting.policy.mode = Mode::Off;
  meeting.step();
  EXPECT_TRUE(is_neutral(listener));
  EXPECT_EQ(listener.decided.quality, VECHE_QUALITY_UNKNOWN);
  EXPECT_EQ(meeting[0].asked.reported_loss, 0);
  EXPECT_EQ(meeting.rooms.tally().limited, 0);
  EXPECT_EQ(meeting.rooms.find_session(1003), nullptr);
}

TEST(AdaptiveRoom, CutsNothingAndAsksNobodyWhereItOnlyProtects) {
  World world(4, 3);
  world.policy.mode = Mode::Protect;
  world.policy.floors.may_hint = false;
  world[3].link.rate_bps = 100'000;
  world[2].link.random_loss = 0.1F;
  for (int i = 0; i < 300; ++i) {
    world.step();
    ASSERT_EQ(world[3].heard(), 3U);
    ASSERT_EQ(world[0].asked.max_bitrate_bps, 0U);
  }
  EXPECT_EQ(world[2].repeated(0), 2U);
}

TEST(AdaptiveRoom, ShedsInTheDeclaredOrderAndSaysSo) {
  Meeting meeting;
  Person& listener = meeting.listener();
  listener.link.random_loss = 0.1F;
  meeting.run_s(2);
  EXPECT_EQ(listener.repeated(0), 2U);
  listener.lane_load = 0.87F;
  meeting.run_s(2);
  EXPECT_EQ(listener.repeated(0), 0U);
  EXPECT_EQ(listener.slots[0].protection, VECHE_PROTECT_RETRANSMIT);
  EXPECT_EQ(listener.slots[0].reason, index_of(Reason::Overload));
  EXPECT_EQ(meeting.rooms.shedding(), Shedding::kNoRedundancy);
  listener.lane_load = 0.92F;
  meeting.run_s(2);
  EXPECT_EQ(listener.slots[0].protection, VECHE_PROTECT_NONE);
  EXPECT_EQ(listener.heard(), 3U);
  listener.lane_load = 0.97F;
  meeting.run_s(2);
  EXPECT_EQ(listener.heard(), 1U);
  EXPECT_TRUE(listener.hears(0));
  EXPECT_EQ(listener.slots[1].reason, index_of(Reason::Overload));
  EXPECT_EQ(meeting.rooms.shedding(), Shedding::kFewerSlots);
  EXPECT_EQ(meeting.rooms.tally().shed[1], 1);
  listener.lane_load = 0.5F;
  meeting.run_s(20);
  EXPECT_EQ(listener.heard(), 3U);
  EXPECT_EQ(meeting.rooms.shedding(), 0);
}

TEST(AdaptiveRoom, LeavesSmallRoomsTheirSlotsWhileTheLargestShed) {
  World small(3, 3), large(9, 3);
  small.room = 8;
  small.name = "small";
  Rooms rooms;
  std::swap(small.rooms, rooms);
  for (World* world : {&small, &large}) {
    for (size_t i = 0; i < world->size(); ++i) (*world)[i].lane_load = 1;
  }
  for (int i = 0; i < 100; ++i) {
    std::swap(rooms, large.rooms);
    large.step();
    std::swap(rooms, large.rooms);
    std::swap(rooms, small.rooms);
    small.step();
    std::swap(rooms, small.rooms);
  }
  EXPECT_EQ(large[8].heard(), 1U);
  EXPECT_EQ(small[2].heard(), 2U);
}

TEST(AdaptiveRoom, LeavesEncryptedTracksUnrepeated) {
  Meeting meeting(2, 1);
  meeting[0].is_encrypted = true;
  meeting.listener().link.random_loss = 0.1F;
  meeting.run_s(3);
  EXPECT_EQ(meeting.listener().repeated(0), 0U);
  EXPECT_GT(meeting[0].asked.reported_loss, 0.09F) << "its own encoder can still prepare";
}

TEST(AdaptiveRoom, ForgetsSessionsAndRooms) {
  Meeting meeting;
  meeting.listener().link.rate_bps = 100'000;
  meeting.run_s(5);
  EXPECT_EQ(meeting.rooms.tally().limited, 1);
  ASSERT_NE(meeting.rooms.find_session(1003), nullptr);
  meeting.rooms.forget_session(1003);
  EXPECT_EQ(meeting.rooms.find_session(1003), nullptr);
  meeting.rooms.forget_room(7);
  EXPECT_EQ(meeting.rooms.find_room("lobby"), nullptr);
  EXPECT_EQ(meeting.rooms.tally().limited, 0);
}

TEST(AdaptiveRoom, RemembersAMinuteAndNoMore) {
  Meeting meeting;
  meeting.run_s(200);
  const History& history = meeting.rooms.find_session(1003)->listener.history();
  EXPECT_EQ(history.size(), 60U);
  const int64_t span_ns = history.at(59).at_ns - history.at(0).at_ns;
  EXPECT_NEAR(static_cast<double>(span_ns) / 1e9, 59, 1);
}

}  // namespace
}  // namespace veche::adaptive::test
