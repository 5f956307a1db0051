// SPDX-License-Identifier: Apache-2.0
// SenderStatistics: sender reports date the sent packets, and implausible reports of the receiver
// are ignored.
#include <gtest/gtest.h>

#include "rtp/rtcp/report_interval.hpp"
#include "rtp/rtcp/sender_statistics.hpp"

namespace veche::rtp {
namespace {

constexpr uint32_t kSentSsrc = 0x1234;
constexpr uint32_t kOpusRate = 48000;
constexpr int64_t kStartNs = 1000 * kNsPerS;

struct Sender {
  NtpClock clock{1'700'000'000'000, 0};
  SenderStatistics statistics{kSentSsrc, kOpusRate};

  Sender() { statistics.on_sent(10, 5000, 100, kStartNs); }
  ReportBlock block(uint32_t last_sender_report, uint32_t delay) const {
    return {.ssrc = kSentSsrc,
            .fraction_lost = 12,
            .cumulative_lost = 3,
            .highest_sequence = 10,
            .jitter = 480,
            .last_sender_report = last_sender_report,
            .delay_since_sender_report = delay};
  }
  uint32_t compact(int64_t now_ns) const { return compact_ntp(clock.at(now_ns)); }
  std::optional<int64_t> round_trip_ns() const { return statistics.opinion().round_trip_ns; }
};

TEST(RtcpSenderStatistics, DatesTheTimestampThatIsCapturedNow) {
  Sender sender;
  const int64_t now_ns = kStartNs + 30 * kNsPerMs;
  EXPECT_EQ(sender.statistics.make_info(sender.clock, now_ns),
            (SenderInfo{.ntp = sender.clock.at(now_ns),
                        .timestamp = 5000 + 30 * 48,
                        .packets = 1,
                        .octets = 100}));
}

TEST(RtcpSenderStatistics, CountsModulo32Bits) {
  Sender sender;
  sender.statistics.on_sent(11, 0, 0x1'0000'0000, kStartNs);
  const SenderInfo info = sender.statistics.make_info(sender.clock, kStartNs);
  EXPECT_EQ(info.packets, 2u);
  EXPECT_EQ(info.octets, 100u);
  EXPECT_EQ(sender.statistics.octets(), 0x1'0000'0064u);
}

TEST(RtcpSenderStatistics, CountsPaddingAndDatesByThePacketBeforeIt) {
  Sender sender;
  sender.statistics.on_padding(11);
  const int64_t now_ns = kStartNs + 30 * kNsPerMs;
  const SenderInfo info = sender.statistics.make_info(sender.clock, now_ns);
  EXPECT_EQ(info.timestamp, 5000u + 30 * 48);
  EXPECT_EQ(info.packets, 2u);
  EXPECT_EQ(info.octets, 100u) << "RFC 3550 section 6.4.1: without padding";
  ReportBlock block = sender.block(0, 0);
  block.highest_sequence = 11;
  EXPECT_TRUE(sender.statistics.on_report(block, sender.clock, now_ns));
  block.highest_sequence = 12;
  EXPECT_FALSE(sender.statistics.on_report(block, sender.clock, now_ns)) << "not sent";
}

TEST(RtcpSenderStatistics, KnowsWhatWasAbsentBeforeItCameHere) {
  SenderStatistics statistics(kSentSsrc, kOpusRate);
  EXPECT_EQ(statistics.absent(), 0);
  statistics.on_sent(0xfffe, 0, 1, kStartNs);
  EXPECT_EQ(statistics.absent(), 0);
  statistics.on_sent(2, 0, 1, kStartNs);
  EXPECT_EQ(statistics.absent(), 3);
  statistics.on_sent(0, 0, 1, kStartNs);
  EXPECT_EQ(statistics.absent(), 2) << "late";
  statistics.on_padding(4);
  EXPECT_EQ(statistics.absent(), 3);
}

TEST(RtcpSenderStatistics, DatesByTheNewestPacket) {
  Sender sender;
  sender.statistics.on_sent(12, 5000 + 1920, 1, kStartNs + 40 * kNsPerMs);
  sender.statistics.on_sent(11, 5000 + 960, 1, kStartNs + 7 * kNsPerS);
  EXPECT_EQ(sender.statistics.make_info(sender.clock, kStartNs + 50 * kNsPerMs).timestamp,
            5000u + 50 * 48);
}

TEST(RtcpSenderStatistics, DatesAcrossTheWrapAndBeforeTheCapture) {
  Sender sender;
  sender.statistics.on_sent(11, 0xffffffff, 1, kStartNs);
  EXPECT_EQ(sender.statistics.make_info(sender.clock, kStartNs + kNsPerS).timestamp, 47999u);
  EXPECT_EQ(sender.statistics.make_info(sender.clock, kStartNs - kNsPerS).timestamp,
            0xffffffffu - 48000);
}

TEST(RtcpSenderStatistics, IsNoSenderAfterTwoSilentReports) {
  SenderStatistics statistics(kSentSsrc, kOpusRate);
  const NtpClock clock(0, 0);
  EXPECT_FALSE(statistics.is_sender());
  statistics.on_sent(1, 1, 1, 0);
  EXPECT_TRUE(statistics.is_sender());
  statistics.make_info(clock, 0);
  EXPECT_TRUE(statistics.is_sender());
  statistics.make_info(clock, 0);
  EXPECT_FALSE(statistics.is_sender());
  statistics.on_sent(2, 1, 1, 0);
  EXPECT_TRUE(statistics.is_sender());
}

TEST(RtcpSenderStatistics, ReadsWhatTheReceiverSays) {
  Sender sender;
  const int64_t now_ns = kStartNs + 250 * kNsPerMs;
  // 100 ms in transit, 150 ms at the receiver.
  ASSERT_TRUE(sender.statistics.on_report(
      sender.block(sender.compact(kStartNs), 65536 * 150 / 1000), sender.clock, now_ns));
  const ReceiverOpinion& opinion = sender.statistics.opinion();
  EXPECT_EQ(opinion.reports, 1u);
  EXPECT_EQ(opinion.fraction_lost, 12);
  EXPECT_EQ(opinion.cumulative_lost, 3);
  EXPECT_EQ(opinion.jitter_ns, 10 * kNsPerMs);
  ASSERT_TRUE(opinion.round_trip_ns);
  EXPECT_NEAR(static_cast<double>(*opinion.round_trip_ns), 100e6, 0.1e6);
}

TEST(RtcpSenderStatistics, KnowsOfHowManyPacketsALossIsAPart) {
  SenderStatistics statistics(kSentSsrc, kOpusRate);
  const NtpClock clock(0, 0);
  const auto reported = [&](uint32_t highest) {
    statistics.on_report({.ssrc = kSentSsrc, .highest_sequence = highest}, clock, kStartNs);
    return statistics.opinion().expected;
  };
  uint16_t next = 65'000;
  const auto send_until = [&](uint16_t last) {
    while (next != static_cast<uint16_t>(last + 1)) statistics.on_sent(next++, 1, 1, kStartNs);
  };
  send_until(65'100);
  EXPECT_EQ(reported(65'090), 101) << "until the first report: all";
  send_until(65'200);
  EXPECT_EQ(reported(65'180), 191);
  EXPECT_EQ(reported(65'170), 191) << "an old one";
  send_until(200);
  EXPECT_EQ(reported(0x10000 + 100), 191 + 456) << "the number has wrapped";
}

TEST(RtcpSenderStatistics, SmoothsTheRoundTrip) {
  Sender sender;
  const auto report = [&](int64_t round_trip_ns) {
    sender.statistics.on_report(sender.block(sender.compact(kStartNs), 0), sender.clock,
                                kStartNs + round_trip_ns);
  };
  report(100 * kNsPerMs);
  report(180 * kNsPerMs);
  EXPECT_NEAR(static_cast<double>(*sender.round_trip_ns()), 110e6, 0.1e6);
}

TEST(RtcpSenderStatistics, LeavesOutARoundTripThatCannotBe) {
  Sender sender;
  const auto report = [&](uint32_t last_sender_report, uint32_t delay) {
    return sender.statistics.on_report(sender.block(last_sender_report, delay), sender.clock,
                                       kStartNs);
  };
  EXPECT_TRUE(report(0, 0)) << "no sender report seen";
  EXPECT_TRUE(report(sender.compact(kStartNs), 65536)) << "longer at the receiver than away";
  EXPECT_TRUE(report(sender.compact(kStartNs), ~0u));
  EXPECT_TRUE(report(sender.compact(kStartNs - 11 * kNsPerS), 0)) << "too long";
  EXPECT_TRUE(report(sender.compact(kStartNs + kNsPerS), 0)) << "from the future";
  EXPECT_FALSE(sender.round_trip_ns());
  EXPECT_EQ(sender.statistics.opinion().reports, 5u);
  EXPECT_TRUE(report(sender.compact(kStartNs), 30)) << "below zero by rounding";
  EXPECT_EQ(sender.round_trip_ns(), 0);
}

TEST(RtcpSenderStatistics, IgnoresReportsOnWhatWasNotSent) {
  Sender sender;
  ReportBlock block = sender.block(0, 0);
  block.highest_sequence = 0x3000a;
  EXPECT_TRUE(sender.statistics.on_report(block, sender.clock, kStartNs)) << "its own cycles";
  block.highest_sequence = 11;
  EXPECT_FALSE(sender.statistics.on_report(block, sender.clock, kStartNs));
  block = sender.block(0, 0);
  block.ssrc = 1;
  EXPECT_FALSE(sender.statistics.on_report(block, sender.clock, kStartNs));
  SenderStatistics silent(kSentSsrc, kOpusRate);
  EXPECT_FALSE(silent.on_report(sender.block(0, 0), sender.clock, kStartNs));
}

TEST(RtcpSenderStatistics, BoundsAJitterThatCannotBe) {
  Sender sender;
  ReportBlock block = sender.block(0, 0);
  block.jitter = ~0u;
  ASSERT_TRUE(sender.statistics.on_report(block, sender.clock, kStartNs));
  EXPECT_EQ(sender.statistics.opinion().jitter_ns, SenderStatistics::kMaxJitterNs);
}

TEST(RtcpReportInterval, LiesBetweenHalfAndOneAndAHalf) {
  EXPECT_EQ(report_wait_ns(false, 0), kNsPerS / 2);
  EXPECT_EQ(report_wait_ns(false, 0x80000000), kNsPerS);
  EXPECT_NEAR(static_cast<double>(report_wait_ns(false, ~0u)), 1.5e9, 1);
  EXPECT_EQ(report_wait_ns(true, 0), kNsPerS / 4);
  EXPECT_EQ(report_wait_ns(true, 0x80000000), kNsPerS / 2);
}

}  // namespace
}  // namespace veche::rtp
