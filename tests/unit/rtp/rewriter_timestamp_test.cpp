// SPDX-License-Identifier: Apache-2.0
// Rewriter: timestamps keep their distances within a source, and follow the clock across switches,
// but never fall back to it.
#include <gtest/gtest.h>

#include "slot_stream.hpp"

namespace veche::rtp {
namespace {

using test::kFormat;
using test::kFrame;
using test::kMs;
using test::PacketSpec;
using test::Sent;
using test::SlotStream;

TEST(RtpRewriter, KeepsTimestampDistancesWithinASource) {
  SlotStream slot;
  // The second is the end of a DTX gap, the third late, the fourth early: only the source's own
  // clock counts.
  EXPECT_EQ(slot.write({.sequence = 1, .timestamp = 9000}, 0).timestamp, 0);
  EXPECT_EQ(slot.write({.sequence = 2, .timestamp = 9000 + 20 * kFrame}, 400 * kMs).timestamp,
            20 * kFrame);
  EXPECT_EQ(slot.write({.sequence = 3, .timestamp = 9000 + 21 * kFrame}, 900 * kMs).timestamp,
            21 * kFrame);
  EXPECT_EQ(slot.write({.sequence = 5, .timestamp = 9000 + 23 * kFrame}, 901 * kMs).timestamp,
            23 * kFrame);
  EXPECT_EQ(slot.write({.sequence = 4, .timestamp = 9000 + 22 * kFrame}, 902 * kMs).timestamp,
            22 * kFrame);
}

TEST(RtpRewriter, CarriesTimestampsAcrossTheirWrap) {
  for (const uint32_t first : {0u, 0xffffffffu, 0xfffffc00u}) {
    SlotStream slot(kFormat, 0, first);
    uint32_t in = 0xffffff00;
    for (uint16_t i = 0; i < 5; ++i, in += kFrame) {
      EXPECT_EQ(slot.write({.sequence = i, .timestamp = in}, i * 20 * kMs).timestamp, i * kFrame)
          << first;
    }
    slot.rewriter.switch_source();
    EXPECT_EQ(slot.write({.sequence = 77, .timestamp = 5}, 100 * kMs).timestamp, 5 * kFrame)
        << first;
  }
}

TEST(RtpRewriter, AdvancesTheTimestampByTheTimeThatPassedAtASwitch) {
  struct Case {
    int64_t switch_ms;
    int64_t expected;
  };
  for (const Case& c : {Case{0, kFrame},
                        {10, kFrame},
                        {20, kFrame},
                        {30, 1440},
                        {1000, 48000},
                        {3'600'000, 172'800'000}}) {
    SlotStream slot;
    EXPECT_EQ(slot.write({.sequence = 1, .timestamp = 123456}, 5 * kMs).timestamp, 0);
    slot.rewriter.switch_source();
    EXPECT_EQ(slot.write({.sequence = 9, .timestamp = 77}, (5 + c.switch_ms) * kMs).timestamp,
              c.expected);
  }
}

TEST(RtpRewriter, KeepsTheClockOverDaysWithoutOverflow) {
  SlotStream slot;
  slot.write({.sequence = 1}, 0);
  constexpr int64_t kDays = 30 * 86400;
  const auto expected = static_cast<uint32_t>(kDays * 48000);
  for (uint16_t hour = 1; hour <= kDays / 3600; ++hour) {
    slot.rewriter.switch_source();
    slot.write({.sequence = 1}, hour * 3600 * kNsPerS);
  }
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.write({.sequence = 1}, kDays * kNsPerS).timestamp,
            static_cast<int32_t>(expected + kFrame));
}

TEST(RtpRewriter, GoesForwardWhenTheClockDoesNot) {
  SlotStream slot;
  slot.write({.sequence = 1}, 1000 * kMs);
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.write({.sequence = 1}, 0).timestamp, kFrame);
}

TEST(RtpRewriter, KeepsDistancesInAPreRollBurstAndStaysAheadByIt) {
  SlotStream slot;
  slot.write({.sequence = 1, .timestamp = 0}, 0);
  slot.rewriter.switch_source();
  for (uint32_t i = 0; i < 4; ++i) {
    const PacketSpec spec{.sequence = static_cast<uint16_t>(50 + i),
                          .timestamp = 7000 + i * kFrame};
    EXPECT_EQ(slot.write(spec, 100 * kMs),
              (Sent{static_cast<int>(1 + i), 4800 + i * kFrame, i == 0}));
  }
  // Now the stream is 60 ms ahead of the clock. A switch soon after advances by a frame...
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.write({.sequence = 9, .timestamp = 1}, 120 * kMs).timestamp, 4800 + 4 * kFrame);
  // ...and one after a pause by the pause. Back on the clock it would be 60 ms late for a receiver,
  // which takes that for jitter and delays what follows.
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.write({.sequence = 3, .timestamp = 1}, 1000 * kMs).timestamp, 48000 + 3 * kFrame);
}

TEST(RtpRewriter, IsNeverLateForAReceiverOverManyShortTurnsWithAPreRoll) {
  SlotStream slot;
  int64_t timestamp = 0;
  for (int turn = 0; turn < 1000; ++turn) {
    slot.rewriter.switch_source();
    for (uint32_t i = 0; i < 4; ++i) {
      const PacketSpec spec{.sequence = static_cast<uint16_t>(i), .timestamp = i * kFrame};
      timestamp = slot.write(spec, turn * 200 * kMs).timestamp;
    }
  }
  EXPECT_EQ(timestamp, 999 * 9600 + 1000 * 3 * kFrame);
}

// A source in DTX sends a packet each 400 ms. Where the server ends it in between, one frame after
// its last packet would be up to 380 ms late for a receiver.
TEST(RtpRewriter, EndsASourceByTheClockAndIsNotLateAfterwards) {
  SlotStream slot;
  EXPECT_EQ(slot.write_own(0), Sent{}) << "nothing was sent, so nothing ends";
  slot.write({.sequence = 1, .timestamp = 0}, 0);
  EXPECT_EQ(slot.write_own(390 * kMs), (Sent{1, 390 * 48, false}));
  EXPECT_EQ(slot.write_own(390 * kMs), (Sent{2, 390 * 48 + kFrame, false}));
  EXPECT_EQ(slot.write_own(390 * kMs), (Sent{3, 390 * 48 + 2 * kFrame, false}));
  EXPECT_EQ(slot.write({.sequence = 9, .timestamp = 5}, 1000 * kMs),
            (Sent{4, 1000 * 48 + 2 * kFrame, true}));
  EXPECT_EQ(slot.write_own(1001 * kMs), (Sent{5, 1000 * 48 + 3 * kFrame, false}));
}

TEST(RtpRewriter, StartsTheClockAfreshWhenASourceRanFarAhead) {
  SlotStream slot;
  slot.write({.sequence = 1, .timestamp = 0}, 0);
  slot.write({.sequence = 2, .timestamp = 1'000'000'000}, 20 * kMs);
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.write({.sequence = 1, .timestamp = 0}, 40 * kMs).timestamp,
            1'000'000'000 + kFrame);
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.write({.sequence = 1, .timestamp = 0}, 1040 * kMs).timestamp,
            1'000'000'000 + kFrame + 48000);
}

TEST(RtpRewriter, UsesTheClockRateOfTheSlot) {
  SlotFormat video = kFormat;
  video.clock_rate = 90000;
  SlotStream slot(video);
  slot.write({.sequence = 1}, 0);
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.write({.sequence = 1}, 0).timestamp, 1800);
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.write({.sequence = 1}, 1000 * kMs).timestamp, 90000 + 1800);
}

}  // namespace
}  // namespace veche::rtp
