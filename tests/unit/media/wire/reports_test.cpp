// SPDX-License-Identifier: Apache-2.0
// Sender and receiver reports of a session, and its client's reports about it.
#include "media/wire/reports.hpp"

#include <gmock/gmock.h>

#include "reports_fixture.hpp"
#include "rtp/rtcp/ntp.hpp"

namespace veche::media {
namespace {

using test::ReportsTest;
using test::Written;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

TEST_F(ReportsTest, ReportOnceASecondOnAverageAndSoonAtFirst) {
  const int64_t start_ns = now_ns;
  EXPECT_EQ(write().size, 0u);
  next_report();
  EXPECT_GE(now_ns - start_ns, 250 * kNsPerMs);
  EXPECT_LE(now_ns - start_ns, 775 * kNsPerMs);
  const int64_t first_ns = now_ns;
  for (int i = 0; i < 100; ++i) {
    const int64_t before_ns = now_ns;
    next_report();
    EXPECT_GE(now_ns - before_ns, 500 * kNsPerMs);
    EXPECT_LE(now_ns - before_ns, 1525 * kNsPerMs);
  }
  EXPECT_NEAR(static_cast<double>(now_ns - first_ns) / kNsPerS, 100, 15);
}

TEST_F(ReportsTest, AreEmptyAndHaveACnameWhileNothingIsReceived) {
  const Written written = next_report();
  ASSERT_THAT(written.reports, SizeIs(1));
  EXPECT_EQ(written.reports[0].ssrc, kOurs);
  EXPECT_FALSE(written.reports[0].info);
  EXPECT_THAT(written.reports[0].blocks, IsEmpty());
  EXPECT_THAT(written.cnames, ElementsAre(Pair(kOurs, "veche")));
}

TEST_F(ReportsTest, SayWhatWasLost) {
  for (const uint16_t sequence : {10, 11, 12, 15, 16, 17, 18, 19}) receive(sequence);
  const Written written = next_report();
  ASSERT_THAT(written.reports, SizeIs(1));
  ASSERT_THAT(written.reports[0].blocks, SizeIs(1));
  const rtp::ReportBlock& block = written.reports[0].blocks[0];
  EXPECT_EQ(block.ssrc, kTrack);
  EXPECT_EQ(block.cumulative_lost, 2);
  EXPECT_EQ(block.fraction_lost, 2 * 256 / 10);
  EXPECT_EQ(block.highest_sequence, 19u);
  EXPECT_EQ(block.last_sender_report, 0u);
  EXPECT_EQ(block.delay_since_sender_report, 0u);
  EXPECT_EQ(reports->quality().lost_in.load(), 2);
  receive(20);
  const rtp::ReportBlock next = next_report().reports.at(0).blocks.at(0);
  EXPECT_EQ(next.fraction_lost, 0) << "since the report before";
  EXPECT_EQ(next.cumulative_lost, 2);
}

TEST_F(ReportsTest, SayHowMuchArrivalsVary) {
  receive(1);
  pass_ms(20);
  receive(2);
  pass_ms(30);
  receive(3);
  // RFC 3550 appendix A.8: a sixteenth of 10 ms at 48 kHz.
  EXPECT_EQ(next_report().reports.at(0).blocks.at(0).jitter, 30u);
  EXPECT_EQ(reports->quality().jitter_in_ns.load(), 625'000);
}

TEST_F(ReportsTest, EchoTheSenderReportOfTheClient) {
  constexpr uint64_t kNtp = 0xe1234567'89abcdef;
  receive(1);
  hear_sender_report(kNtp, 960);
  const int64_t heard_ns = now_ns;
  const rtp::ReportBlock block = next_report().reports.at(0).blocks.at(0);
  EXPECT_EQ(block.last_sender_report, 0x456789abu);
  EXPECT_NEAR(block.delay_since_sender_report,
              static_cast<double>(now_ns - heard_ns) * 65536 / kNsPerS, 1);
}

TEST_F(ReportsTest, ComeFromEachSlotThatSendsAndFromNoOther) {
  start({.ssrc = kSlot}, 3);
  receive(1);
  send(1, kSlot);
  send(1, kSlot + 2);
  send(2, kSlot + 2);
  const Written written = next_report();
  ASSERT_THAT(written.reports, SizeIs(2));
  EXPECT_EQ(written.reports[0].ssrc, kSlot);
  EXPECT_EQ(written.reports[1].ssrc, kSlot + 2);
  EXPECT_THAT(written.reports[0].blocks, SizeIs(1)) << "what is received is said once";
  EXPECT_THAT(written.reports[1].blocks, IsEmpty());
  ASSERT_TRUE(written.reports[0].info && written.reports[1].info);
  EXPECT_EQ(written.reports[0].info->packets, 1u);
  EXPECT_EQ(written.reports[1].info->packets, 2u);
  EXPECT_EQ(written.reports[1].info->octets, 2 * rtp::test::kPayload.size());
  EXPECT_THAT(written.cnames, ElementsAre(Pair(kSlot, "veche"), Pair(kSlot + 2, "veche")));
}

TEST_F(ReportsTest, OfASlotThatHasFallenSilentEnd) {
  start({.ssrc = kSlot}, 1);
  send(1);
  EXPECT_TRUE(next_report().reports.at(0).info);
  EXPECT_TRUE(next_report().reports.at(0).info) << "RFC 3550 section 6.4: the one after too";
  EXPECT_FALSE(next_report().reports.at(0).info);
  send(2);
  EXPECT_TRUE(next_report().reports.at(0).info);
}

TEST_F(ReportsTest, CarryThePublishersTiming) {
  // The publisher's session: the report says when timestamp 9600 was captured. Two frames later a
  // packet arrives late.
  receive(9);
  hear_sender_report(rtp::ns_to_ntp(5000 * kNsPerS), 9600);
  const int64_t reported_ns = now_ns;
  pass_ms(90);
  const test::Bytes packet =
      rtp::test::build({.sequence = 11, .timestamp = 9600 + 960, .ssrc = kTrack});
  const PacketTimes times = reports->times(*rtp::PacketView::parse(packet), now_ns);
  EXPECT_EQ(times.arrival_ns, now_ns);
  EXPECT_EQ(times.capture_ns, reported_ns + kFrameNs);

  // The listener's session reports the same for the slot's timestamps.
  Reports listener({.ssrc = kSlot}, {rtp::SlotFormat{.ssrc = kSlot}}, now_ns);
  const test::Bytes sent = rtp::test::build({.sequence = 1, .timestamp = 777'000, .ssrc = kSlot});
  listener.on_sent(0, *rtp::PacketView::parse(sent), sent, times.capture_ns);
  pass_ms(1000);
  std::array<uint8_t, Reports::kMaxSize> memory;
  const Written written(listener.write(now_ns, memory));
  ASSERT_TRUE(written.reports.at(0).info);
  EXPECT_EQ(written.reports[0].info->timestamp, 777'000u + (90 - 20 + 1000) * 48);
}

TEST_F(ReportsTest, TakeTheArrivalForTheCaptureUntilTheClientReports) {
  const test::Bytes packet = rtp::test::build({.ssrc = kTrack});
  EXPECT_EQ(reports->times(*rtp::PacketView::parse(packet), 42).capture_ns, 42);
}

TEST_F(ReportsTest, DateTheTimestampsOfASlotByOneClock) {
  start({.ssrc = kSlot}, 1);
  send(1);
  const auto first = next_report().reports.at(0).info;
  const int64_t first_ns = now_ns;
  send(2);
  const auto second = next_report().reports.at(0).info;
  ASSERT_TRUE(first && second);
  const int64_t passed_ns = rtp::ntp_to_ns(second->ntp) - rtp::ntp_to_ns(first->ntp);
  EXPECT_NEAR(static_cast<double>(passed_ns), static_cast<double>(now_ns - first_ns), 2);
}

TEST_F(ReportsTest, TellTheQualityThatTheClientReports) {
  start({.ssrc = kSlot}, 2);
  EXPECT_EQ(reports->quality().round_trip_ns.load(), 0);
  send(1, kSlot);
  send(1, kSlot + 1);
  const Written written = next_report();
  const uint32_t sent_at = rtp::compact_ntp(written.reports.at(0).info->ntp);
  pass_ms(600);
  hear_block({.ssrc = kSlot,
              .cumulative_lost = 3,
              .highest_sequence = 1,
              .jitter = 480,
              .last_sender_report = sent_at,
              .delay_since_sender_report = 0x8000});
  const SessionQuality& quality = reports->quality();
  EXPECT_NEAR(static_cast<double>(quality.round_trip_ns.load()), 100 * kNsPerMs, 50'000);
  EXPECT_EQ(quality.jitter_out_ns.load(), 10 * kNsPerMs);
  EXPECT_EQ(quality.lost_out.load(), 3);
  EXPECT_EQ(quality.expected_out.load(), 1);
  hear_block({.ssrc = kSlot + 1, .cumulative_lost = -1, .highest_sequence = 1});
  EXPECT_EQ(quality.lost_out.load(), 2) << "of all slots";
  EXPECT_EQ(quality.expected_out.load(), 2);
}

TEST_F(ReportsTest, TakeTheBlocksOfSenderReportsToo) {
  start({.ssrc = kSlot}, 1);
  send(1);
  std::array<uint8_t, 256> memory;
  rtp::RtcpWriter writer(memory);
  const rtp::ReportBlock block{.ssrc = kSlot, .cumulative_lost = 5, .highest_sequence = 1};
  writer.add_sender_report(kTrack, {}, {&block, 1});
  hear(writer.bytes());
  EXPECT_EQ(reports->quality().lost_out.load(), 5);
}

}  // namespace
}  // namespace veche::media
