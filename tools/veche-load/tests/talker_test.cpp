// SPDX-License-Identifier: Apache-2.0
// The talker: packets that a real client could have sent, with a payload that identifies them.
#include "talker.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/time.hpp"
#include "rtp/packet_view.hpp"
#include "test_voice.hpp"

namespace veche::load {
namespace {

const TalkerFormat kFormat{.ssrc = 77,
                           .payload_type = 111,
                           .audio_level_extension = 1,
                           .transport_cc_extension = 3,
                           .mid_extension = 4,
                           .mid = "audio0"};

struct Sent {
  std::array<uint8_t, Talker::kMaxPacketSize> bytes{};
  size_t size = 0;
  rtp::PacketView view() const { return *rtp::PacketView::parse(std::span(bytes).first(size)); }
  Mark mark() const { return *read_mark(view().payload()); }
};

/// The packets of the 20 ms that begin at this time of the schedule.
Sent next(Talker& talker, int64_t elapsed_ms) {
  Sent sent;
  sent.size = talker.next(elapsed_ms, (elapsed_ms + 1'000'000) * kNsPerMs, sent.bytes);
  return sent;
}

int packets_in_a_second(Silence silence) {
  const std::vector<Turn> nobody_talks;
  Talker talker(0, kFormat, nobody_talks, voice(), silence, 1);
  int packets = 0;
  for (int64_t ms = 0; ms < 1000; ms += kFrameMs) packets += next(talker, ms).size != 0 ? 1 : 0;
  return packets;
}

TEST(LoadTalker, WritesWhatThePacketViewReads) {
  const std::vector<Turn> turns{{5, 0, 1000}};
  Talker talker(5, kFormat, turns, voice(), Silence::Dtx, 1);
  const Sent sent = next(talker, 0);
  ASSERT_NE(sent.size, 0u);
  const rtp::PacketView packet = sent.view();
  EXPECT_EQ(packet.ssrc(), 77u);
  EXPECT_EQ(packet.payload_type(), 111);
  EXPECT_EQ(packet.payload().size(), voice().speech[5 * 37 % voice().speech.size()].payload.size());
  EXPECT_EQ(packet.mid(4), "audio0");
  ASSERT_TRUE(packet.extension(3));
  EXPECT_EQ(packet.extension(3)->size(), 2u);
  ASSERT_TRUE(packet.audio_level(1));
  EXPECT_NEAR(packet.audio_level(1)->level, 30, 6);
}

TEST(LoadTalker, LeavesOutWhatWasNotNegotiated) {
  const std::vector<Turn> turns{{0, 0, 1000}};
  Talker talker(0, {.ssrc = 1}, turns, voice(), Silence::Dtx, 1);
  const Sent sent = next(talker, 0);
  EXPECT_EQ(sent.size, 12u + voice().speech.front().payload.size());
  EXPECT_TRUE(read_mark(sent.view().payload()));
}

TEST(LoadTalker, NumbersItsTurnsAndFrames) {
  const std::vector<Turn> turns{{0, 0, 100}, {1, 0, 40}, {1, 100, 200}};
  Talker talker(1, kFormat, turns, voice(), Silence::Continuous, 1);
  struct Expected {
    int64_t at_ms;
    uint32_t turn, frame;
    bool marker;
    int64_t started_ms;
  };
  const Expected expected[] = {{-20, 0, 0, false, 0},   {0, 2, 0, true, 0},
                               {20, 2, 1, false, 0},    {40, 0, 0, false, 0},
                               {80, 0, 0, false, 0},    {100, 3, 0, true, 100},
                               {120, 3, 1, false, 100}, {200, 0, 0, false, 0}};
  for (const Expected& e : expected) {
    const Sent sent = next(talker, e.at_ms);
    const Mark mark = sent.mark();
    EXPECT_EQ(mark.talker, 1u);
    EXPECT_EQ(mark.turn, e.turn) << e.at_ms;
    EXPECT_EQ(mark.frame, e.frame) << e.at_ms;
    EXPECT_EQ(mark.sent_ns, (e.at_ms + 1'000'000) * kNsPerMs);
    EXPECT_EQ(sent.view().marker(), e.marker) << e.at_ms;
  }
  ASSERT_EQ(talker.sent_turns().size(), 2u);
  EXPECT_EQ(talker.sent_turns()[0].turn, 1u);
  EXPECT_EQ(talker.sent_turns()[0].frames, 2u);
  EXPECT_EQ(talker.sent_turns()[1].turn, 2u);
}

TEST(LoadTalker, IsSilentAsTold) {
  EXPECT_EQ(packets_in_a_second(Silence::None), 0);
  EXPECT_EQ(packets_in_a_second(Silence::Dtx), 3);
  EXPECT_EQ(packets_in_a_second(Silence::Continuous), 50);
}

TEST(LoadTalker, HasTheLevelOfSilenceOrOfNoise) {
  const std::vector<Turn> nobody_talks;
  for (const bool noise : {false, true}) {
    Talker talker(0, kFormat, nobody_talks, voice(noise), Silence::Continuous, 1);
    EXPECT_EQ(next(talker, 0).view().audio_level(1)->level, noise ? 70 : 127);
  }
}

TEST(LoadTalker, CountsTimeOnWhileItSendsNothing) {
  const std::vector<Turn> nobody_talks;
  Talker talker(0, kFormat, nobody_talks, voice(), Silence::Dtx, 1);
  const Sent first = next(talker, 0);
  for (int64_t ms = 20; ms < 400; ms += 20) EXPECT_EQ(next(talker, ms).size, 0u);
  const Sent second = next(talker, 400);
  EXPECT_EQ(static_cast<uint16_t>(second.view().sequence() - first.view().sequence()), 1);
  EXPECT_EQ(second.view().timestamp() - first.view().timestamp(), 20u * 960u);
}

}  // namespace
}  // namespace veche::load
