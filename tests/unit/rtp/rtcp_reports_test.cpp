// SPDX-License-Identifier: Apache-2.0
// Sender and receiver reports, CNAMEs and BYE are read as they were sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcp_samples.hpp"
#include "rtp/rtcp/reports.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using test::from_hex;
using test::packets_of;

std::vector<Cname> cnames_of(const Bytes& datagram) {
  std::vector<Cname> cnames;
  for (const RtcpPacket& packet : packets_of(datagram)) {
    CnameReader reader(packet);
    while (const auto cname = reader.next()) cnames.push_back(*cname);
  }
  return cnames;
}

TEST(RtcpReports, ReadsTheSenderReportOfChromium) {
  const auto report = SenderReport::parse(packets_of(test::kSenderReportAndRemb).at(0));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->ssrc, 2688987039u);
  EXPECT_EQ(report->info, (SenderInfo{.ntp = 17198501339380535540u,
                                      .timestamp = 3465119256u,
                                      .packets = 153,
                                      .octets = 114950}));
  EXPECT_EQ(report->blocks.size(), 0u);
}

TEST(RtcpReports, ReadsTheReportBlocksOfChromium) {
  const auto report = ReceiverReport::parse(packets_of(test::kReportAndNack).at(0));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->ssrc, 0xa046af9fu);
  ASSERT_EQ(report->blocks.size(), 2u);
  EXPECT_EQ(report->blocks.at(0), (ReportBlock{.ssrc = 0x6b387355,
                                               .highest_sequence = 0x5f65,
                                               .jitter = 32,
                                               .last_sender_report = 0x59d8185c,
                                               .delay_since_sender_report = 0x9a17}));
  EXPECT_EQ(report->blocks.at(1).cumulative_lost, 3);
}

TEST(RtcpReports, ReadsANegativeNumberOfLostPackets) {
  const Bytes datagram = from_hex(
      "81c90007000000010000000211fffffe00030004000000050000000600000007"
      "81c90007000000010000000280800000000300040000000500000006ffffffff");
  const auto packets = packets_of(datagram);
  EXPECT_EQ(ReceiverReport::parse(packets.at(0))->blocks.at(0),
            (ReportBlock{2, 17, -2, 0x30004, 5, 6, 7}));
  EXPECT_EQ(ReceiverReport::parse(packets.at(1))->blocks.at(0),
            (ReportBlock{2, 128, -0x800000, 0x30004, 5, 6, 0xffffffff}));
}

TEST(RtcpReports, RefusesFewerBlocksThanCounted) {
  Bytes datagram = test::kReportAndNack;
  datagram[0] = 0x83;
  EXPECT_FALSE(ReceiverReport::parse(packets_of(datagram).at(0)));
  datagram = test::kSenderReportAndRemb;
  datagram[0] = 0x81;
  EXPECT_FALSE(SenderReport::parse(packets_of(datagram).at(0)));
}

TEST(RtcpReports, IgnoresAnExtensionBehindTheBlocks) {
  Bytes datagram = test::kReportAndNack;
  datagram[0] = 0x81;
  EXPECT_EQ(ReceiverReport::parse(packets_of(datagram).at(0))->blocks.size(), 1u);
}

TEST(RtcpReports, ReadsTheCnameOfChromium) {
  const auto cnames = cnames_of(test::kSenderReportAndRemb);
  ASSERT_EQ(cnames.size(), 1u);
  EXPECT_EQ(cnames[0].ssrc, 2688987039u);
  EXPECT_EQ(cnames[0].name, "AS0+wX5vJn5nE0MY");
}

TEST(RtcpReports, FindsCnamesAmongOtherItemsAndChunks) {
  const Bytes datagram = from_hex(
      "83ca0009"
      "00000001"
      "02026162"
      "01036364"
      "65000000"  // NAME, CNAME, and three null bytes.
      "00000002"
      "06016700"  // TOOL only.
      "00000003"
      "01046869"
      "6a6b0000");
  const auto cnames = cnames_of(datagram);
  ASSERT_EQ(cnames.size(), 2u);
  EXPECT_EQ(cnames[0].ssrc, 1u);
  EXPECT_EQ(cnames[0].name, "cde");
  EXPECT_EQ(cnames[1].ssrc, 3u);
  EXPECT_EQ(cnames[1].name, "hijk");
}

TEST(RtcpReports, RefusesCnamesThatDoNotEnd) {
  EXPECT_TRUE(cnames_of(from_hex("81ca00020000000101036364")).empty());  // Past the end.
  EXPECT_TRUE(cnames_of(from_hex("81ca00020000000101026364")).empty());  // No null byte.
  EXPECT_TRUE(cnames_of(from_hex("81ca000100000001")).empty());          // Nothing but the SSRC.
  EXPECT_TRUE(cnames_of(from_hex("9fca0000")).empty());
}

TEST(RtcpReports, ReadsBye) {
  const Bytes sample = test::kBye;
  const auto bye = Bye::parse(packets_of(sample).at(0));
  ASSERT_TRUE(bye);
  ASSERT_EQ(bye->ssrcs.size(), 1u);
  EXPECT_EQ(bye->ssrcs.at(0), 0x5c1d3accu);
  const Bytes with_reason = from_hex("82cb00030000000100000002036f6666");
  EXPECT_EQ(Bye::parse(packets_of(with_reason).at(0))->ssrcs.size(), 2u);
  const Bytes too_short = from_hex("82cb000100000001");
  EXPECT_FALSE(Bye::parse(packets_of(too_short).at(0)));
}

}  // namespace
}  // namespace veche::rtp
