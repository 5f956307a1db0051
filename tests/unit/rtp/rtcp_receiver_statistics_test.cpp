// SPDX-License-Identifier: Apache-2.0
// ReceiverStatistics: loss, cycles, restarts and jitter as RFC 3550 computes them.
#include <gtest/gtest.h>

#include <vector>

#include "base/time.hpp"
#include "rtp/rtcp/ntp.hpp"
#include "rtp/rtcp/receiver_statistics.hpp"

namespace veche::rtp {
namespace {

constexpr uint32_t kSsrc = 0x1234;
constexpr uint32_t kClockRate = 48000;
constexpr int64_t kFrameNs = 20 * kNsPerMs;
constexpr uint32_t kFrame = 960;

/// A stream of 20 ms frames; the time follows the number.
struct Stream {
  ReceiverStatistics statistics{kSsrc, kClockRate};
  bool receive(uint32_t number, int64_t delay_ns = 0) {
    return statistics.on_packet(static_cast<uint16_t>(number), number * kFrame, 100,
                                number * kFrameNs + delay_ns);
  }
  void receive_range(uint32_t first, uint32_t last) {
    for (uint32_t number = first; number <= last; ++number) receive(number);
  }
  ReportBlock report() { return statistics.make_report(0); }
};

struct LossCase {
  const char* name;
  std::vector<uint32_t> received;
  uint32_t highest;
  int32_t lost;
  uint8_t fraction;
};

void PrintTo(const LossCase& c, std::ostream* out) { *out << c.name; }

class RtcpReceiverLoss : public testing::TestWithParam<LossCase> {};

TEST_P(RtcpReceiverLoss, IsReported) {
  Stream stream;
  for (const uint32_t number : GetParam().received) EXPECT_TRUE(stream.receive(number));
  const ReportBlock report = stream.report();
  EXPECT_EQ(report.ssrc, kSsrc);
  EXPECT_EQ(report.highest_sequence, GetParam().highest);
  EXPECT_EQ(report.cumulative_lost, GetParam().lost);
  EXPECT_EQ(report.fraction_lost, GetParam().fraction);
  EXPECT_EQ(stream.statistics.totals().lost, GetParam().lost);
  EXPECT_EQ(stream.statistics.totals().packets, GetParam().received.size());
  EXPECT_EQ(stream.statistics.totals().octets, 100 * GetParam().received.size());
}

INSTANTIATE_TEST_SUITE_P(
    Table, RtcpReceiverLoss,
    testing::Values(LossCase{"One", {7}, 7, 0, 0}, LossCase{"InOrder", {7, 8, 9, 10}, 10, 0, 0},
                    LossCase{"OneOfFourLost", {7, 8, 10}, 10, 1, 64},
                    LossCase{"Reordered", {7, 9, 8, 10}, 10, 0, 0},
                    LossCase{"Duplicate", {7, 8, 8, 9}, 9, -1, 0},
                    LossCase{"BeforeTheFirst", {7, 6, 8}, 8, -1, 0},
                    LossCase{"Wraps", {65534, 65535, 65536, 65537}, 65537, 0, 0},
                    LossCase{"LostAtTheWrap", {65535, 65537, 65538, 65539}, 65539, 1, 51},
                    LossCase{"ReorderedAtTheWrap", {65535, 65537, 65536}, 65537, 0, 0},
                    LossCase{"LongestGap", {1, 3000}, 3000, 2998, 255}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(RtcpReceiverStatistics, CountsTheFractionSinceTheLastReport) {
  Stream stream;
  stream.receive_range(0, 49);
  stream.receive_range(100, 149);
  EXPECT_EQ(stream.report().fraction_lost, 50 * 256 / 150);
  stream.receive_range(150, 199);
  const ReportBlock second = stream.report();
  EXPECT_EQ(second.fraction_lost, 0);
  EXPECT_EQ(second.cumulative_lost, 50);
  EXPECT_EQ(stream.report().fraction_lost, 0) << "nothing came since";
}

TEST(RtcpReceiverStatistics, CountsWhatCameTooLateToBeHeardAsLost) {
  Stream stream;
  stream.receive_range(0, 49);
  stream.receive_range(51, 58);
  stream.receive(50);  // 160 ms older than the newest.
  stream.receive_range(60, 66);
  stream.receive(59);  // 140 ms.
  stream.receive_range(67, 99);
  const ReportBlock report = stream.report();
  EXPECT_EQ(report.fraction_lost, 1 * 256 / 100);
  EXPECT_EQ(report.cumulative_lost, 0);
  stream.receive_range(101, 110);
  EXPECT_EQ(stream.report().fraction_lost, 1 * 256 / 11);
  stream.receive_range(111, 119);
  stream.receive(100);
  EXPECT_EQ(stream.report().fraction_lost, 0) << "the report before had counted it";
  stream.receive_range(120, 129);
  stream.receive(115);
  stream.receive_range(131, 139);
  EXPECT_EQ(stream.report().fraction_lost, 1 * 256 / 20)
      << "a late duplicate replaces no lost packet";
}

TEST(RtcpReceiverStatistics, CountsTheFrameBeforeAPauseThatComesAfterItAsLost) {
  // A source in DTX sends nothing for 400 ms.
  ReceiverStatistics statistics(kSsrc, kClockRate);
  statistics.on_packet(1, 0, 100, 0);
  statistics.on_packet(3, 21 * kFrame, 100, 21 * kFrameNs);
  statistics.on_packet(2, kFrame, 100, 21 * kFrameNs + kNsPerMs);
  EXPECT_EQ(statistics.make_report(0).fraction_lost, 256 / 3);
}

TEST(RtcpReceiverStatistics, DoesNotCountOneFarPacket) {
  Stream stream;
  stream.receive_range(1, 10);
  EXPECT_FALSE(stream.receive(20000));
  EXPECT_FALSE(stream.receive(40000));
  EXPECT_TRUE(stream.receive(11));
  EXPECT_EQ(stream.report().highest_sequence, 11u);
  EXPECT_EQ(stream.statistics.totals().packets, 11u);
  EXPECT_EQ(stream.statistics.totals().restarts, 0u);
}

TEST(RtcpReceiverStatistics, BeginsAnewAtTwoFarPacketsInARow) {
  Stream stream;
  stream.receive_range(1, 10);
  stream.receive_range(13, 13);
  EXPECT_FALSE(stream.receive(20000));
  EXPECT_TRUE(stream.receive(20001));
  EXPECT_TRUE(stream.receive(20003));
  const ReportBlock report = stream.report();
  EXPECT_EQ(report.highest_sequence, 20003u);
  EXPECT_EQ(report.cumulative_lost, 1) << "of this run";
  EXPECT_EQ(stream.statistics.totals().restarts, 1u);
  EXPECT_EQ(stream.statistics.totals().lost, 3) << "of both";
}

TEST(RtcpReceiverStatistics, HasNoJitterWhereTimestampsAndArrivalsAgree) {
  Stream stream;
  stream.receive_range(0, 100);
  EXPECT_EQ(stream.report().jitter, 0u);
}

TEST(RtcpReceiverStatistics, SmoothsJitter) {
  // Every other packet 10 ms late: each step is 480 units, and so is the limit.
  Stream stream;
  for (uint32_t i = 0; i < 2; ++i) stream.receive(i, i % 2 * 10 * kNsPerMs);
  EXPECT_EQ(stream.report().jitter, 480u / 16);
  for (uint32_t i = 2; i < 400; ++i) stream.receive(i, i % 2 * 10 * kNsPerMs);
  EXPECT_NEAR(stream.report().jitter, 480, 1);
  EXPECT_EQ(stream.statistics.totals().jitter, stream.report().jitter);
}

TEST(RtcpReceiverStatistics, TakesAClockThatJumpsForNoJitter) {
  ReceiverStatistics statistics(kSsrc, kClockRate);
  statistics.on_packet(1, 0, 0, 0);
  statistics.on_packet(2, 0x80000000, 0, kFrameNs);
  statistics.on_packet(3, 0x80000000 + kFrame, 0, 2 * kFrameNs);
  EXPECT_EQ(statistics.make_report(0).jitter, 0u);
}

TEST(RtcpReceiverStatistics, SaysWhichSenderReportItHasSeen) {
  Stream stream;
  stream.receive(1);
  EXPECT_EQ(stream.report().last_sender_report, 0u);
  EXPECT_EQ(stream.report().delay_since_sender_report, 0u);
  // The example of RFC 3550 figure 2: LSR 0xb705:2000.
  stream.statistics.on_sender_report(0xb44db705'20000000, 7 * kNsPerS);
  const ReportBlock report = stream.statistics.make_report(7 * kNsPerS + 5 * kNsPerS + kNsPerS / 4);
  EXPECT_EQ(report.last_sender_report, 0xb7052000u);
  EXPECT_EQ(report.delay_since_sender_report, 0x00054000u);
  EXPECT_EQ(stream.statistics.make_report(0).delay_since_sender_report, 0u);
  EXPECT_EQ(stream.statistics.make_report(100'000 * kNsPerS).delay_since_sender_report, ~0u);
}

TEST(RtcpReceiverStatistics, LimitsWhatTwentyFourBitsCannotHold) {
  ReceiverStatistics statistics(kSsrc, kClockRate);
  // Every second number is missing, in steps that count as loss.
  uint32_t number = 0;
  for (int i = 0; i < 4000; ++i)
    statistics.on_packet(static_cast<uint16_t>(number += 2999), 0, 0, 0);
  EXPECT_EQ(statistics.make_report(0).cumulative_lost, 0x7fffff);
  EXPECT_EQ(statistics.totals().lost, 3999 * 2998);
}

TEST(RtcpNtp, ConvertsThereAndBack) {
  EXPECT_EQ(ntp_to_ns(0), 0);
  EXPECT_EQ(ntp_to_ns(uint64_t{1} << 32), kNsPerS);
  EXPECT_EQ(ntp_to_ns(0x80000000), kNsPerS / 2);
  EXPECT_EQ(ntp_to_ns(~uint64_t{0}), (int64_t{1} << 32) * kNsPerS - 1);
  for (const int64_t ns : {int64_t{0}, int64_t{1}, kNsPerS - 1, 3'900'000'000 * kNsPerS + 7}) {
    EXPECT_NEAR(static_cast<double>(ntp_to_ns(ns_to_ntp(ns)) - ns), 0, 1);
  }
}

TEST(RtcpNtp, CountsFrom1900AndFollowsTheMonotonicClock) {
  const NtpClock clock(0, 100 * kNsPerS);
  EXPECT_EQ(clock.at(100 * kNsPerS) >> 32, 2'208'988'800u);
  EXPECT_EQ(clock.at(101 * kNsPerS) >> 32, 2'208'988'801u);
  EXPECT_EQ(compact_ntp(0x1111222233334444), 0x22223333u);
}

}  // namespace
}  // namespace veche::rtp
