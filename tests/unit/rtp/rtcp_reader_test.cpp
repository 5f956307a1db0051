// SPDX-License-Identifier: Apache-2.0
// RtcpReader: finds the packets of a datagram, and refuses broken ones.
#include "rtp/rtcp/rtcp_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "rtcp_samples.hpp"
#include "rtcp_touch.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using test::from_hex;
using test::packets_of;
using testing::ElementsAre;

std::vector<RtcpKind> kinds_of(const Bytes& datagram) {
  std::vector<RtcpKind> kinds;
  for (const RtcpPacket& packet : packets_of(datagram)) kinds.push_back(packet.kind());
  return kinds;
}

TEST(RtcpReader, FindsThePacketsOfACompound) {
  EXPECT_THAT(kinds_of(test::kSenderReportAndRemb),
              ElementsAre(RtcpKind::SenderReport, RtcpKind::SourceDescription, RtcpKind::Remb));
  EXPECT_THAT(kinds_of(test::kReportAndNack),
              ElementsAre(RtcpKind::ReceiverReport, RtcpKind::Nack));
  EXPECT_THAT(kinds_of(test::kReportAndPli), ElementsAre(RtcpKind::ReceiverReport, RtcpKind::Pli));
}

TEST(RtcpReader, TakesAFeedbackPacketAlone) {
  EXPECT_THAT(kinds_of(test::kFeedbackVectors), ElementsAre(RtcpKind::TransportCc));
  EXPECT_THAT(kinds_of(test::kFir), ElementsAre(RtcpKind::Fir));
  EXPECT_THAT(kinds_of(test::kBye), ElementsAre(RtcpKind::Bye));
}

TEST(RtcpReader, LeavesOutPaddingOfAnySize) {
  const auto packets = packets_of(test::kFeedbackRun);
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(packets[0].body.size(), 28u - 4 - 3);
}

TEST(RtcpReader, PassesOverUnknownTypes) {
  const Bytes datagram = from_hex(
      "80cc000174657374"          // APP.
      "80cf0000"                  // XR.
      "9fcd00020000000100000002"  // RTPFB 31.
      "8fce0003000000010000000252454d43"
      "81ce000223b6d62cc69b291a");
  EXPECT_THAT(kinds_of(datagram), ElementsAre(RtcpKind::Unknown, RtcpKind::Unknown,
                                              RtcpKind::Unknown, RtcpKind::Unknown, RtcpKind::Pli));
}

struct RefusalCase {
  const char* name;
  const char* hex;
  size_t good;  ///< Packets before the broken one.
};

void PrintTo(const RefusalCase& c, std::ostream* out) { *out << c.name; }

class RtcpReaderRefusal : public testing::TestWithParam<RefusalCase> {};

TEST_P(RtcpReaderRefusal, EndsTheDatagram) {
  const Bytes datagram = from_hex(GetParam().hex);
  RtcpReader reader(datagram);
  for (size_t i = 0; i < GetParam().good; ++i) EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.refused());
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.refused());
  EXPECT_FALSE(reader.next());
}

INSTANTIATE_TEST_SUITE_P(
    Table, RtcpReaderRefusal,
    testing::Values(RefusalCase{"HeaderCutOff", "81ce00", 0},
                    RefusalCase{"Version1", "41ce000223b6d62cc69b291a", 0},
                    RefusalCase{"LengthPastTheEnd", "81ce000323b6d62cc69b291a", 0},
                    RefusalCase{"LongestLength", "81ceffff23b6d62cc69b291a", 0},
                    RefusalCase{"PaddingOfNothing", "a1ce000223b6d62cc69b2900", 0},
                    RefusalCase{"PaddingOverTheBody", "a1ce000223b6d62cc69b2909", 0},
                    RefusalCase{"PaddingWithoutABody", "a0c90000", 0},
                    RefusalCase{"SecondIsBroken", "80c9000123b6d62c01ce0000", 1},
                    RefusalCase{"RestIsTooShort", "80c9000123b6d62c80", 1}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(RtcpReader, TakesPaddingThatIsTheWholeBody) {
  const Bytes datagram = from_hex("a0c9000100000004");
  const auto packets = packets_of(datagram);
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_TRUE(packets[0].body.empty());
  EXPECT_EQ(test::Toucher().touch(datagram), 0u);
}

TEST(RtcpReader, IsNotRefusedAtTheEndOfADatagram) {
  RtcpReader empty({});
  EXPECT_FALSE(empty.next());
  EXPECT_FALSE(empty.refused());
  for (const Bytes& sample : test::kSamples) {
    RtcpReader reader(sample);
    while (reader.next()) continue;
    EXPECT_FALSE(reader.refused());
  }
}

TEST(RtcpReader, UnderstandsEverySampleAndStaysInsideWhereverItIsCutOff) {
  for (const Bytes& sample : test::kSamples) {
    EXPECT_EQ(test::Toucher().touch(sample), packets_of(sample).size());
    for (size_t size = 0; size < sample.size(); ++size) {
      const Bytes cut(sample.begin(), sample.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_LT(test::Toucher().touch(cut), packets_of(sample).size());
    }
  }
}

TEST(RtcpReader, StaysInsideWhateverTheBytesAre) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    Bytes datagram = test::kSamples[random() % test::kSamples.size()];
    if (i % 2 == 0) {
      datagram.resize(random() % 200);
      for (uint8_t& byte : datagram) byte = static_cast<uint8_t>(random());
      if (datagram.size() > 4) {
        datagram[0] = static_cast<uint8_t>(0x80 | (datagram[0] & 0x3f));
        datagram[1] = static_cast<uint8_t>(200 + random() % 7);
        datagram[2] = 0;
        datagram[3] = static_cast<uint8_t>(datagram.size() / 4 - 1);
      }
    }
    for (size_t changes = random() % 4; changes > 0 && !datagram.empty(); --changes) {
      datagram[random() % datagram.size()] = static_cast<uint8_t>(random());
    }
    const Bytes exact(datagram);
    test::Toucher().touch(exact);
  }
}

}  // namespace
}  // namespace veche::rtp
