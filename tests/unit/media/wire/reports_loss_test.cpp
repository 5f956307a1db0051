// SPDX-License-Identifier: Apache-2.0
// Whose loss it is: of a slot's packets, of a publisher's, and what reports to a publisher say.
#include <gmock/gmock.h>

#include <cmath>

#include "reports_fixture.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using testing::IsEmpty;
using testing::SizeIs;

class ReportsLossTest : public test::ReportsTest {
 protected:
  void ask(float part) { feed.asked_loss = static_cast<uint32_t>(part * 65536); }
  /// The block about the track in the next report, `ms` from now, after packets without loss.
  rtp::ReportBlock block_after(int64_t ms) {
    for (int64_t passed = 0; passed < ms; passed += 20) {
      receive(++sequence_);
      pass_ms(20);
      write();
    }
    return next_report().reports.at(0).blocks.at(0);
  }
  void hear_report(uint16_t highest, int32_t lost, uint32_t ssrc = kSlot) {
    hear_block({.ssrc = ssrc, .cumulative_lost = lost, .highest_sequence = highest});
  }

  uint16_t sequence_ = 0;
};

TEST_F(ReportsLossTest, OfListenersIsSaidToThePublisherWhereItIsMore) {
  ask(0.05f);
  const rtp::ReportBlock block = block_after(1000);
  EXPECT_EQ(block.fraction_lost, 12) << "of 256";
  EXPECT_EQ(block.cumulative_lost, 0) << "by which clients judge their own uplink";
  ask(0.01f);
  for (int i = 0; i < 10; ++i) receive(sequence_ += 2);
  EXPECT_EQ(next_report().reports.at(0).blocks.at(0).fraction_lost, 128) << "its own is more";
}

TEST_F(ReportsLossTest, OfListenersIsSaidUpToABound) {
  ask(0.9f);
  EXPECT_EQ(block_after(1000).fraction_lost, Reception::kMostAskedLoss);
  ask(1.0f);
  EXPECT_EQ(block_after(1000).fraction_lost, Reception::kMostAskedLoss);
}

TEST_F(ReportsLossTest, OfListenersIsNoLongerSaidOnceNobodyAsks) {
  ask(0.15f);
  EXPECT_GT(block_after(1000).fraction_lost, 0);
  ask(0);
  EXPECT_EQ(block_after(1000).fraction_lost, 0);
}

/// As libwebrtc does: the fraction is smoothed over ten seconds, and FEC ends when its percentage
/// rounds to 0.
TEST_F(ReportsLossTest, OfListenersThatEndsLetsAnEncoderStopWithin35Seconds) {
  double smoothed = 0;
  int64_t last_ns = now_ns;
  const auto listen = [&](int64_t ms) {
    for (int64_t passed = 0; passed < ms; passed += 20) {
      receive(++sequence_);
      pass_ms(20);
      for (const auto& report : write().reports) {
        for (const rtp::ReportBlock& block : report.blocks) {
          const double kept = std::pow(0.9999, static_cast<double>(now_ns - last_ns) / kNsPerMs);
          smoothed = kept * smoothed + (1 - kept) * block.fraction_lost / 255;
          last_ns = now_ns;
        }
      }
    }
    return std::lround(smoothed * 100);
  };
  ask(0.3f);
  EXPECT_GE(listen(8000), 8) << "where Opus begins with what it takes for music";
  listen(60'000);
  ask(0);
  EXPECT_EQ(listen(35'000), 0);
}

TEST_F(ReportsLossTest, OfListenersIsInNoStatistics) {
  RtcpCounters counters;
  reports->count_in(counters);
  ask(0.15f);
  block_after(3000);
  EXPECT_EQ(counters.lost_in.value(), 0u);
  EXPECT_EQ(counters.loss_in.read().sum, 0);
  EXPECT_EQ(reports->quality().lost_in.load(), 0);
  EXPECT_EQ(feed.lost.load(), 0);
}

TEST_F(ReportsLossTest, OfATrackIsToldToIt) {
  for (const uint16_t sequence : {10, 11, 12, 15, 16}) receive(sequence);
  for (const uint16_t sequence : {1, 4}) receive(sequence, kTrack + 1);
  next_report();
  EXPECT_EQ(feed.lost.load(), 2);
  EXPECT_EQ(feed.expected.load(), 7);
  receive(18);
  next_report();
  EXPECT_EQ(feed.lost.load(), 3);
  EXPECT_EQ(feed.expected.load(), 9);
}

TEST_F(ReportsLossTest, OfASlotIsCountedBySlot) {
  start({.ssrc = kSlot}, 2);
  for (uint16_t i = 1; i <= 20; ++i) {
    send(i);
    send(i, kSlot + 1);
  }
  hear_report(10, 2);
  hear_report(20, 5, kSlot + 1);
  EXPECT_EQ(slot_counters[0].lost.load(), 2);
  EXPECT_EQ(slot_counters[0].expected.load(), 20) << "it did not say with which it began";
  EXPECT_EQ(slot_counters[1].lost.load(), 5);
  hear_report(20, 3);
  EXPECT_EQ(slot_counters[0].lost.load(), 3);
  EXPECT_EQ(slot_counters[0].expected.load(), 30);
  EXPECT_EQ(reports->link().statistics().source, LinkStatistics::Source::Reports);
}

TEST_F(ReportsLossTest, OnTheWayFromThePublisherIsNotTheListeners) {
  start({.ssrc = kSlot}, 1);
  for (uint16_t i = 1; i <= 1000; ++i) {
    if (i % 5 != 0) send(i);  // A fifth never came here.
    if (i % 50 != 0) continue;
    hear_report(i - 1, (i - 1) / 5 + i / 50);
  }
  EXPECT_EQ(slot_counters[0].lost.load(), 20);
  EXPECT_NEAR(static_cast<double>(slot_counters[0].expected.load()), 800, 50);
  EXPECT_NEAR(reports->link().statistics().loss, 1.0 / 40, 0.015);
  EXPECT_EQ(reports->quality().lost_out.load(), 219) << "what the client says";
}

TEST_F(ReportsLossTest, ThatAClientDoesNotCountExcusesNoLaterOne) {
  start({.ssrc = kSlot}, 1);
  for (const uint16_t i : {1, 2, 3, 4, 11}) send(i);
  hear_report(11, 0);  // It began with the last.
  for (int i = 12; i < 15; ++i) {
    send(static_cast<uint16_t>(i));
    hear_report(static_cast<uint16_t>(i), 0);
  }
  send(15);
  hear_report(15, 4);
  EXPECT_EQ(slot_counters[0].lost.load(), 4);
}

TEST_F(ReportsLossTest, IsRepairedOnlyWhereTheSlotIsResent) {
  start({.ssrc = kSlot, .nack = true}, 2);
  const Bytes first = send(1);
  const Bytes other = send(1, kSlot + 1);
  reports->use_resends(0, false);
  pass_ms(40);
  EXPECT_THAT(hear_nack(kSlot, {1}), IsEmpty());
  EXPECT_THAT(hear_nack(kSlot + 1, {1}), SizeIs(1));
  EXPECT_EQ(slot_counters[0].retransmitted_packets.value(), 0u);
  EXPECT_EQ(slot_counters[1].retransmitted_packets.value(), 1u);
  reports->use_resends(0, true);
  EXPECT_THAT(hear_nack(kSlot, {1}), SizeIs(1)) << "packets are kept all the time";
  EXPECT_EQ(slot_counters[0].retransmitted_packets.value(), 1u);
}

TEST_F(ReportsLossTest, OfProbesCountsAsAnyOther) {
  start({.ssrc = kSlot, .nack = true}, 1);
  send(1);
  reports->on_probe(0, 2);
  reports->on_probe(0, 3);
  send(4);
  pass_ms(40);
  EXPECT_THAT(hear_nack(kSlot, {2, 3}), IsEmpty()) << "nobody misses them";
  hear_report(4, 1);
  EXPECT_EQ(slot_counters[0].lost.load(), 1);
  EXPECT_EQ(slot_counters[0].expected.load(), 4);
  EXPECT_EQ(next_report().reports.at(0).info->packets, 4u);
  EXPECT_EQ(reports->quality().expected_out.load(), 4);
}

}  // namespace
}  // namespace veche::media
