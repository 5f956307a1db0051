// SPDX-License-Identifier: Apache-2.0
// A lane's measurements: time in the server, speaker switches, first audio, unheard speech.
#include "base/time.hpp"
#include "lane_fixture.hpp"

namespace veche::media {
namespace {

class LaneMetricsTest : public LaneFixture {
 protected:
  /// A participant has been talking for this long, and still is.
  void talk_since(int64_t began_ns) {
    const int64_t now_ns = monotonic_ns();
    for (int64_t at_ns = began_ns; at_ns < now_ns; at_ns += 20 * kNsPerMs) {
      feed().turn.add(kLevel, at_ns);
    }
  }
  LaneCounters& counters() { return lane().counters(); }
};

TEST(TurnMeter, BeginsWithAVoiceAfterAPause) {
  TurnMeter turn;
  EXPECT_EQ(turn.began_ns(kNsPerS), 0);
  turn.add(kVoiceLevel + 1, kNsPerS);
  EXPECT_EQ(turn.began_ns(kNsPerS), 0) << "that is no voice";
  turn.add(kVoiceLevel, 2 * kNsPerS);
  turn.add(30, 2 * kNsPerS + 400 * kNsPerMs);
  EXPECT_EQ(turn.began_ns(2 * kNsPerS + 500 * kNsPerMs), 2 * kNsPerS);
  EXPECT_EQ(turn.began_ns(3 * kNsPerS), 0) << "the turn has ended";
  turn.add(30, 3 * kNsPerS);
  EXPECT_EQ(turn.began_ns(3 * kNsPerS), 3 * kNsPerS);
}

TEST(RecentPeak, ForgetsWhatWasLongAgo) {
  RecentPeak peak;
  peak.note(7, 100 * kNsPerS);
  peak.note(3, 101 * kNsPerS);
  EXPECT_EQ(peak.value(), 7u);
  peak.note(2, 111 * kNsPerS);
  EXPECT_EQ(peak.value(), 7u) << "of the window before";
  peak.note(1, 122 * kNsPerS);
  EXPECT_EQ(peak.value(), 2u);
  peak.note(4, 200 * kNsPerS);
  EXPECT_EQ(peak.value(), 4u);
}

TEST_F(LaneMetricsTest, EveryForwardedPacketIsMeasuredFromItsArrival) {
  begin_talk();
  const int64_t arrival_ns = monotonic_ns() - 30 * kNsPerMs;
  ASSERT_TRUE(post_at(lane(), 1, arrival_ns));
  post(2);
  round_trip();
  EXPECT_EQ(counters().forward_ns.count(), 2u);
  EXPECT_GE(counters().forward_ns.read().sum, 30 * kNsPerMs);
}

TEST_F(LaneMetricsTest, ASwitchIsMeasuredOnceFromTheFirstPacketOfTheTurn) {
  begin_talk();
  talk_since(monotonic_ns() - 45 * kNsPerMs);
  post(1);
  post(2);
  round_trip();
  EXPECT_EQ(counters().switch_ns.count(), 1u);
  EXPECT_GE(counters().switch_ns.read().sum, 45 * kNsPerMs);
  EXPECT_EQ(counters().slot_switches.value(), 1u);
  EXPECT_EQ(listener_.path.first_audio_ns.load(), 0);
}

TEST_F(LaneMetricsTest, SilenceIsNoSwitch) {
  begin_talk();
  post(1);
  round_trip();
  EXPECT_EQ(counters().forward_ns.count(), 1u);
  EXPECT_EQ(counters().switch_ns.count(), 0u);
}

TEST_F(LaneMetricsTest, WhoFindsSomebodyTalkingHasAFirstAudioAndNoSwitch) {
  listener_.connected_ns = monotonic_ns() - 10 * kNsPerMs;
  begin_talk();
  talk_since(listener_.connected_ns - 3 * kNsPerS);
  post(1);
  post(2);
  round_trip();
  EXPECT_EQ(counters().switch_ns.count(), 0u);
  EXPECT_GT(listener_.path.first_audio_ns.load(), listener_.connected_ns);
}

TEST_F(LaneMetricsTest, SpeechIsCountedByWhetherSomebodyHearsIt) {
  open_room([](const veche_room_view&, veche_selection&) {});
  join(talker_);
  round_trip();
  feed().meter.add(30, 1);
  select(1);
  EXPECT_EQ(counters().unheard.ns.value(), 20'000'000u);
  EXPECT_EQ(counters().unheard.decibels.value(), 20u);
  feed().meter.add(90, 2);
  select(2);
  EXPECT_EQ(counters().unheard.decibels.value(), 20u) << "that is no speech";
  feed().wanted_lanes = lane().bit();
  feed().meter.add(40, 3);
  select(3);
  EXPECT_EQ(counters().unheard.ns.value(), 20'000'000u);
  EXPECT_EQ(counters().heard.decibels.value(), 10u);
}

TEST_F(LaneMetricsTest, ALaneThatWorksIsBusy) {
  begin_talk();
  const uint64_t before_ns = counters().busy_ns.value();
  const int64_t begin_ns = monotonic_ns();
  while (monotonic_ns() - begin_ns < 5 * kNsPerMs) round_trip();
  const auto busy_ns = static_cast<int64_t>(counters().busy_ns.value() - before_ns);
  EXPECT_GT(busy_ns, 0);
  // Packets that it had not counted before are counted now.
  EXPECT_LT(busy_ns, monotonic_ns() - begin_ns + 100 * kNsPerMs);
}

}  // namespace
}  // namespace veche::media
