// SPDX-License-Identifier: Apache-2.0
// NACK, PLI, FIR and REMB are read as they were sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "rtcp_samples.hpp"
#include "rtp/rtcp/feedback.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using test::from_hex;
using test::packets_of;
using testing::ElementsAre;

std::vector<uint16_t> sequences_of(const Bytes& datagram, size_t index) {
  std::vector<uint16_t> sequences;
  const auto nack = Nack::parse(packets_of(datagram).at(index));
  if (nack) nack->for_each([&](uint16_t sequence) { sequences.push_back(sequence); });
  return sequences;
}

TEST(RtcpFeedback, ReadsTheNackOfChromium) {
  const auto nack = Nack::parse(packets_of(test::kReportAndNack).at(1));
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->sender_ssrc(), 0xa046af9fu);
  EXPECT_EQ(nack->media_ssrc(), 0xafe38af9u);
  EXPECT_THAT(sequences_of(test::kReportAndNack, 1),
              ElementsAre(0x51bd, 0x51be, 0x51bf, 0x51c0, 0x51c1));
}

TEST(RtcpFeedback, ReadsNackItemsAcrossTheWrap) {
  EXPECT_THAT(sequences_of(from_hex("81cd00040000000100000002fffe800100100000"), 0),
              ElementsAre(65534, 65535, 14, 16));
}

TEST(RtcpFeedback, RefusesNackWithoutItems) {
  EXPECT_FALSE(Nack::parse(packets_of(from_hex("81cd00020000000100000002")).at(0)));
  EXPECT_FALSE(Nack::parse(packets_of(from_hex("81cd0000")).at(0)));
}

TEST(RtcpFeedback, ReadsThePliOfChromium) {
  const auto pli = Pli::parse(packets_of(test::kReportAndPli).at(1));
  ASSERT_TRUE(pli);
  EXPECT_EQ(pli->sender_ssrc, 0x23b6d62cu);
  EXPECT_EQ(pli->media_ssrc, 0xc69b291au);
  EXPECT_FALSE(Pli::parse(packets_of(from_hex("81ce000100000001")).at(0)));
}

TEST(RtcpFeedback, ReadsFir) {
  const auto fir = Fir::parse(packets_of(test::kFir).at(0));
  ASSERT_TRUE(fir);
  EXPECT_EQ(fir->sender_ssrc(), 0x11111111u);
  ASSERT_EQ(fir->size(), 2u);
  EXPECT_EQ(fir->at(0), (FirEntry{0x22222222, 7}));
  EXPECT_EQ(fir->at(1), (FirEntry{0x33333333, 8}));
  EXPECT_FALSE(Fir::parse(packets_of(from_hex("84ce0003111111110000000022222222")).at(0)));
}

TEST(RtcpFeedback, ReadsTheRembOfChromium) {
  const auto remb = Remb::parse(packets_of(test::kSenderReportAndRemb).at(2));
  ASSERT_TRUE(remb);
  EXPECT_EQ(remb->sender_ssrc, 2688987039u);
  EXPECT_EQ(remb->bitrate_bps, 23120u);
  ASSERT_EQ(remb->ssrcs.size(), 2u);
  EXPECT_EQ(remb->ssrcs.at(0), 1798861653u);
  EXPECT_EQ(remb->ssrcs.at(1), 2950925049u);
}

TEST(RtcpFeedback, ReadsLargeBitRatesWithoutOverflow) {
  const auto bitrate = [](const char* hex) {
    const Bytes datagram = from_hex(std::string("8fce0004000000010000000052454d42") + hex);
    return Remb::parse(packets_of(datagram).at(0))->bitrate_bps;
  };
  EXPECT_EQ(bitrate("0007ffff"), uint64_t{0x3ffff} << 1);
  EXPECT_EQ(bitrate("00bbffff"), uint64_t{0x3ffff} << 46);
  EXPECT_EQ(bitrate("00bfffff"), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(bitrate("00ffffff"), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(bitrate("00fc0000"), 0u);
}

TEST(RtcpFeedback, RefusesRembWithFewerSsrcsThanCounted) {
  Bytes datagram = test::kSenderReportAndRemb;
  datagram[28 + 28 + 16] = 3;
  EXPECT_FALSE(Remb::parse(packets_of(datagram).at(2)));
}

}  // namespace
}  // namespace veche::rtp
