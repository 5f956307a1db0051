// SPDX-License-Identifier: Apache-2.0
// What a port counts of its sessions' RTCP.
#include <gmock/gmock.h>

#include "reports_fixture.hpp"

namespace veche::media {
namespace {

using test::ReportsTest;
using testing::ElementsAre;

class ReportsCountersTest : public ReportsTest {
 protected:
  void start_counting(uint32_t slots) {
    start({.ssrc = kOurs, .nack = true}, slots);
    reports->count_in(counters);
  }
  RtcpCounters counters;
};

TEST_F(ReportsCountersTest, LossOfTracksIsCountedByReportAndByPacket) {
  start_counting(0);
  for (const uint16_t sequence : {10, 11, 12, 15, 16, 17, 18, 19}) receive(sequence);
  next_report();
  receive(20);
  next_report();
  EXPECT_EQ(counters.reports_out.value(), 2u);
  EXPECT_EQ(counters.lost_in.value(), 2u);
  // 51 of 256 in the first report, nothing in the second: up to 200 thousandths, and 0.
  EXPECT_THAT(counters.loss_in.read().counts, ElementsAre(1u, 0u, 0u, 0u, 0u, 0u, 1u, 0u, 0u));
  EXPECT_EQ(counters.loss_in.read().sum, 199);
  EXPECT_EQ(counters.jitter_in_ns.count(), 2u);
}

TEST_F(ReportsCountersTest, WhatClientsSayOfSlotsIsCounted) {
  start_counting(1);
  send(1);
  hear_block({.ssrc = kSlot,
              .fraction_lost = 64,
              .cumulative_lost = 3,
              .highest_sequence = 1,
              .jitter = 96});
  hear_block({.ssrc = kTrack, .fraction_lost = 64, .cumulative_lost = 9, .highest_sequence = 1});
  EXPECT_EQ(counters.reports_in.value(), 1u) << "the other is no slot";
  EXPECT_EQ(counters.lost_out.value(), 3u);
  EXPECT_EQ(counters.loss_out.read().sum, 250);
  EXPECT_EQ(counters.jitter_out_ns.read().sum, 2 * kNsPerMs);
  EXPECT_EQ(counters.round_trip_ns.count(), 0u) << "nobody has answered a sender report";
}

TEST_F(ReportsCountersTest, RequestsAndRetransmissionsAreCounted) {
  start_counting(1);
  for (const uint16_t sequence : {1, 2}) send(sequence);
  hear_nack(kSlot, {1, 2, 900});
  EXPECT_EQ(counters.nacked_in.value(), 3u);
  EXPECT_EQ(counters.resent.value(), 2u);
  receive(5);
  receive(8);
  pass_ms(20);
  EXPECT_THAT(write().nacks[kTrack], ElementsAre(6, 7));
  EXPECT_EQ(counters.nacked_out.value(), 2u);
}

}  // namespace
}  // namespace veche::media
