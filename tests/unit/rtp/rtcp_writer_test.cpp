// SPDX-License-Identifier: Apache-2.0
// RtcpWriter: reproduces other implementations' packets byte for byte, and never writes past the
// end.
#include "rtp/rtcp/rtcp_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <random>

#include "rtcp_samples.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using test::packets_of;

Bytes bytes_of(const RtcpWriter& writer) { return {writer.bytes().begin(), writer.bytes().end()}; }

TEST(RtcpWriter, WritesASenderReportWithCnameAndRembAsChromiumDoes) {
  std::array<uint8_t, 200> memory{};
  RtcpWriter writer(memory);
  const auto report = SenderReport::parse(packets_of(test::kSenderReportAndRemb).at(0));
  EXPECT_TRUE(writer.add_sender_report(report->ssrc, report->info, {}));
  EXPECT_TRUE(writer.add_cname(report->ssrc, "AS0+wX5vJn5nE0MY"));
  EXPECT_TRUE(
      writer.add_remb(report->ssrc, 23120, std::array<uint32_t, 2>{1798861653, 2950925049}));
  EXPECT_EQ(bytes_of(writer), test::kSenderReportAndRemb);
}

TEST(RtcpWriter, WritesAReportWithNackAsChromiumDoes) {
  std::array<uint8_t, 200> memory{};
  RtcpWriter writer(memory);
  const auto report = ReceiverReport::parse(packets_of(test::kReportAndNack).at(0));
  const std::array blocks{report->blocks.at(0), report->blocks.at(1)};
  EXPECT_TRUE(writer.add_receiver_report(report->ssrc, blocks));
  const std::array<uint16_t, 5> missing{0x51bd, 0x51be, 0x51bf, 0x51c0, 0x51c1};
  EXPECT_TRUE(writer.add_nack(report->ssrc, 0xafe38af9, missing));
  EXPECT_EQ(bytes_of(writer), test::kReportAndNack);
}

TEST(RtcpWriter, WritesPliFirAndByeAsOthersDo) {
  std::array<uint8_t, 200> memory{};
  RtcpWriter pli(memory);
  EXPECT_TRUE(pli.add_receiver_report(0x23b6d62c, {}));
  EXPECT_TRUE(pli.add_pli(0x23b6d62c, 0xc69b291a));
  EXPECT_EQ(bytes_of(pli), test::kReportAndPli);
  RtcpWriter fir(memory);
  EXPECT_TRUE(fir.add_fir(0x11111111, std::array<FirEntry, 2>{{{0x22222222, 7}, {0x33333333, 8}}}));
  EXPECT_EQ(bytes_of(fir), test::kFir);
  RtcpWriter bye(memory);
  EXPECT_TRUE(bye.add_bye(std::array<uint32_t, 1>{0x5c1d3acc}));
  EXPECT_EQ(bytes_of(bye), test::kBye);
}

TEST(RtcpWriter, PadsTransportFeedbackAsChromiumDoes) {
  std::array<uint8_t, 200> memory;
  memory.fill(0xee);
  for (const Bytes& sample : {test::kFeedbackRun, test::kFeedbackVectors}) {
    RtcpWriter writer(memory);
    const RtcpPacket packet = packets_of(sample).at(0);
    EXPECT_TRUE(writer.add_transport_feedback(
        0x6703c412, sample == test::kFeedbackRun ? 0xd85645b5 : 0xcf8e272b,
        packet.body.subspan(8)));
    EXPECT_EQ(bytes_of(writer), sample);
  }
}

TEST(RtcpWriter, EndsACnameOfAnyLength) {
  for (size_t length = 0; length <= 255; ++length) {
    std::array<uint8_t, 300> memory;
    memory.fill(0xee);
    RtcpWriter writer(memory);
    const std::string name(length, 'n');
    ASSERT_TRUE(writer.add_cname(7, name));
    EXPECT_EQ(writer.bytes().size() % 4, 0u);
    RtcpReader reader(writer.bytes());
    CnameReader cnames(*reader.next());
    const auto cname = cnames.next();
    ASSERT_TRUE(cname) << length;
    EXPECT_EQ(cname->name, name);
  }
}

TEST(RtcpWriter, PutsNumbersThatFollowIntoOneNackItem) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::vector<uint16_t> wanted;
    auto sequence = static_cast<uint16_t>(random());
    for (size_t i = random() % 40 + 1; i > 0; --i) {
      wanted.push_back(sequence);
      sequence = static_cast<uint16_t>(sequence + random() % 20 + 1);
    }
    std::array<uint8_t, 200> memory{};
    RtcpWriter writer(memory);
    ASSERT_TRUE(writer.add_nack(1, 2, wanted));
    EXPECT_LE(writer.bytes().size(), 12 + 4 * wanted.size());
    std::vector<uint16_t> read;
    RtcpReader reader(writer.bytes());
    Nack::parse(*reader.next())->for_each([&](uint16_t number) { read.push_back(number); });
    EXPECT_EQ(read, wanted);
  }
}

TEST(RtcpWriter, KeepsEighteenBitsOfABitRate) {
  for (const uint64_t bitrate : {uint64_t{0}, uint64_t{1}, uint64_t{0x3ffff}, uint64_t{0x40000},
                                 uint64_t{2'500'000'000}, ~uint64_t{0}}) {
    std::array<uint8_t, 64> memory{};
    RtcpWriter writer(memory);
    ASSERT_TRUE(writer.add_remb(1, bitrate, {}));
    RtcpReader reader(writer.bytes());
    const uint64_t read = Remb::parse(*reader.next())->bitrate_bps;
    EXPECT_LE(read, bitrate);
    EXPECT_GE(read, bitrate - (bitrate >> 17));
  }
}

TEST(RtcpWriter, RefusesWhatAPacketCannotHold) {
  std::vector<uint8_t> memory(8000);
  RtcpWriter writer(memory);
  EXPECT_FALSE(writer.add_receiver_report(1, std::vector<ReportBlock>(32)));
  EXPECT_FALSE(writer.add_sender_report(1, {}, std::vector<ReportBlock>(32)));
  EXPECT_FALSE(writer.add_bye(std::vector<uint32_t>(32)));
  EXPECT_FALSE(writer.add_cname(1, std::string(256, 'n')));
  EXPECT_FALSE(writer.add_remb(1, 1, std::vector<uint32_t>(256)));
  EXPECT_FALSE(writer.add_nack(1, 2, {}));
  EXPECT_FALSE(writer.add_fir(1, {}));
  EXPECT_TRUE(writer.bytes().empty());
  EXPECT_TRUE(writer.add_receiver_report(1, std::vector<ReportBlock>(31)));
}

TEST(RtcpWriter, WritesNothingWhereThereIsNoRoom) {
  const std::array<ReportBlock, 1> blocks{};
  const std::array<uint32_t, 1> ssrcs{};
  const std::array<uint16_t, 1> sequences{};
  const std::array<FirEntry, 1> commands{};
  const std::array<uint8_t, 11> information{};
  const std::vector<std::function<bool(RtcpWriter&)>> all{
      [&](RtcpWriter& w) { return w.add_sender_report(1, {}, blocks); },
      [&](RtcpWriter& w) { return w.add_receiver_report(1, blocks); },
      [&](RtcpWriter& w) { return w.add_cname(1, "name"); },
      [&](RtcpWriter& w) { return w.add_bye(ssrcs); },
      [&](RtcpWriter& w) { return w.add_nack(1, 2, sequences); },
      [&](RtcpWriter& w) { return w.add_pli(1, 2); },
      [&](RtcpWriter& w) { return w.add_fir(1, commands); },
      [&](RtcpWriter& w) { return w.add_remb(1, 1, ssrcs); },
      [&](RtcpWriter& w) { return w.add_transport_feedback(1, 2, information); }};
  for (const auto& add : all) {
    std::vector<uint8_t> enough(200);
    RtcpWriter measure(enough);
    ASSERT_TRUE(add(measure));
    const size_t size = measure.bytes().size();
    for (size_t room = 0; room <= size; ++room) {
      std::vector<uint8_t> exact(room);
      RtcpWriter writer(exact);
      EXPECT_EQ(add(writer), room == size);
      EXPECT_EQ(writer.bytes().size(), room == size ? size : 0);
    }
  }
}

}  // namespace
}  // namespace veche::rtp
