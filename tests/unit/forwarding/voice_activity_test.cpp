// SPDX-License-Identifier: Apache-2.0
// The time scales of one track: what counts as voice, as evidence, as a talker.
#include "forwarding/voice_activity.hpp"

#include <gtest/gtest.h>

#include "forwarding/challenge.hpp"

namespace veche::forwarding {
namespace {

constexpr Tuning kTuning = {.gate_loudness = loudness_of_dbov(-60), .hangover_ns = ms_to_ns(500)};

/// One track, fed packet by packet.
class Voice : public testing::Test {
 protected:
  /// A tick `ms` after the previous one, in which this many packets arrived, the newest just now.
  void tick(int ms, uint32_t packets, int dbov) {
    now_ns_ += ms_to_ns(ms);
    if (packets > 0) last_packet_ns_ = now_ns_;
    voice_.update({.now_ns = now_ns_,
                   .last_packet_ns = last_packet_ns_,
                   .packets = packets,
                   .loudness = packets > 0 ? loudness_of_dbov(dbov) : uint8_t{0},
                   .has_levels = true},
                  kTuning);
  }
  void ticks(int count, int dbov) {
    for (int i = 0; i < count; ++i) tick(20, 1, dbov);
  }
  Standing standing() const { return standing_of(voice_, true, now_ns_, kTuning); }

  int64_t now_ns_ = ms_to_ns(1'000'000), last_packet_ns_ = 0;
  VoiceActivity voice_{};
};

TEST_F(Voice, TwoPacketsMakeAVoiceAndOneDoesNot) {
  ticks(50, -70);
  ticks(1, -30);
  EXPECT_EQ(standing().phase, Phase::Silent);
  ticks(1, -30);
  EXPECT_EQ(standing().phase, Phase::Tentative);
  EXPECT_TRUE(standing().voiced);
}

TEST_F(Voice, TheFirstPacketsAfterADtxGapAreVoice) {
  ticks(50, -30);
  ticks(40, -70);
  for (int i = 0; i < 30; ++i) tick(20, i % 20 == 19 ? 1 : 0, -70);
  EXPECT_EQ(standing().phase, Phase::Silent);
  ticks(2, -35);
  EXPECT_EQ(standing().phase, Phase::Tentative);
}

TEST_F(Voice, BecomesATalkerAfterElevenPackets) {
  ticks(50, -70);
  ticks(10, -30);
  EXPECT_EQ(standing().phase, Phase::Tentative);
  ticks(1, -30);
  EXPECT_EQ(standing().phase, Phase::Talking);
}

TEST_F(Voice, PacketsOf60MsCountForTheirLength) {
  for (int i = 0; i < 20; ++i) tick(60, 1, -70);
  for (int i = 0; i < 4; ++i) tick(60, 1, -30);
  EXPECT_EQ(standing().phase, Phase::Tentative);
  tick(60, 1, -30);
  EXPECT_EQ(standing().phase, Phase::Talking);
}

TEST_F(Voice, TheTimeBeforeTheFirstLoudPacketIsNotVoice) {
  ticks(50, -70);
  tick(140, 1, -30);
  EXPECT_EQ(voice_.evidence_ms, 20);
}

TEST_F(Voice, PacketsInBunchesCountForTheTimeTheyTook) {
  ticks(50, -70);
  for (int i = 0; i < 4; ++i) {
    tick(20, 0, 0);
    tick(20, 0, 0);
    tick(20, 3, -30);
  }
  // The first batch counts as one packet: only its loudest level is known.
  EXPECT_NEAR(voice_.evidence_ms, 20 + 3 * 60, 0.1);
  tick(20, 0, 0);
  tick(20, 2, -30);
  EXPECT_EQ(standing().phase, Phase::Talking);
}

TEST_F(Voice, StaysATalkerInAPauseAndNotAfterTheHangover) {
  ticks(50, -70);
  ticks(20, -30);
  ticks(24, -70);
  EXPECT_EQ(standing().phase, Phase::Talking);
  ticks(2, -70);
  EXPECT_EQ(standing().phase, Phase::Silent);
}

TEST_F(Voice, SilenceThatIsNotSentEndsATurnToo) {
  ticks(50, -70);
  ticks(20, -30);
  for (int i = 0; i < 26; ++i) tick(20, 0, 0);
  EXPECT_EQ(standing().phase, Phase::Silent);
  EXPECT_EQ(voice_.evidence_ms, 0);
}

TEST_F(Voice, FloorFollowsSteadyNoiseAndStopsAtItsLimit) {
  ticks(150, -50);
  EXPECT_EQ(voice_.floor.loudness(), loudness_of_dbov(-50));
  ticks(150, -20);
  EXPECT_EQ(voice_.floor.loudness(), loudness_of_dbov(-45)) << "music or a test tone stays audible";
  EXPECT_EQ(standing().phase, Phase::Talking);
  ticks(1, -80);
  EXPECT_EQ(voice_.floor.loudness(), loudness_of_dbov(-80)) << "down at once";
}

struct Contest {
  const char* name;
  Standing challenger, holder;
  bool takes;
};

Standing talking(int64_t for_ms, int64_t silent_ms, float evidence_ms, float long_activity) {
  return {.phase = Phase::Talking,
          .voiced = silent_ms <= 100,
          .silent_ns = ms_to_ns(silent_ms),
          .talking_for_ns = ms_to_ns(for_ms),
          .evidence_ms = evidence_ms,
          .long_activity = long_activity,
          .strength = 0};
}

Standing other(Phase phase, int64_t silent_ms, float evidence_ms) {
  return {.phase = phase,
          .voiced = phase != Phase::Silent && silent_ms <= 100,
          .silent_ns = ms_to_ns(silent_ms),
          .talking_for_ns = 0,
          .evidence_ms = evidence_ms,
          .long_activity = 0.1F,
          .strength = 0};
}

TEST(Challenge, FollowsTheRules) {
  const Contest contests[] = {
      {"a voice takes the place of a silent one", other(Phase::Tentative, 0, 40),
       other(Phase::Silent, 600, 0), true},
      {"silence takes nothing", other(Phase::Silent, 600, 0), other(Phase::Silent, 9000, 0), false},
      {"a beginning voice does not interrupt", other(Phase::Tentative, 0, 200),
       talking(5000, 0, 300, 1), false},
      {"not even in a pause", other(Phase::Tentative, 0, 200), talking(5000, 400, 0, 1), false},
      {"a new talker interrupts", talking(0, 0, 220, 0.1F), talking(5000, 0, 300, 1), true},
      {"but not another who has just begun", talking(0, 0, 220, 0.1F), talking(300, 0, 300, 0.2F),
       false},
      {"unless that one is silent again", talking(0, 0, 220, 0.1F), talking(300, 200, 100, 0.2F),
       true},
      {"an old talker does not interrupt", talking(700, 0, 300, 1), talking(5000, 0, 100, 0.2F),
       false},
      {"it takes over from one who pauses", talking(700, 0, 300, 0.8F), talking(5000, 300, 0, 0.5F),
       true},
      {"if it has talked more", talking(700, 0, 300, 0.3F), talking(5000, 300, 0, 0.5F), false},
      {"who was interrupted returns soon", talking(5000, 0, 300, 0.8F), talking(200, 160, 60, 0.1F),
       true},
      {"voices that begin together stay", other(Phase::Tentative, 0, 60),
       other(Phase::Tentative, 0, 40), false},
      {"a click yields to a voice", other(Phase::Tentative, 0, 80), other(Phase::Tentative, 100, 0),
       true},
      {"a voice beats who may be speaking", other(Phase::Tentative, 0, 40),
       other(Phase::Unmeasured, 0, 300), true},
      {"who may be speaking beats nobody", other(Phase::Unmeasured, 0, 300),
       other(Phase::Tentative, 0, 40), false},
      {"nor a short silence", other(Phase::Unmeasured, 0, 300), other(Phase::Silent, 1000, 0),
       false},
      {"only a long one", other(Phase::Unmeasured, 0, 300), other(Phase::Silent, 2000, 0), true},
  };
  for (const Contest& contest : contests) {
    EXPECT_EQ(takes_over(contest.challenger, contest.holder), contest.takes) << contest.name;
  }
}

}  // namespace
}  // namespace veche::forwarding
