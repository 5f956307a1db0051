// SPDX-License-Identifier: Apache-2.0
// SrtpSender and SrtpReceiver: order, wraps, repetitions, and the bound on streams.
#include <gtest/gtest.h>

#include "srtp_pair.hpp"

namespace veche::rtp {
namespace {

using test::build;
using test::build_rtcp;
using test::Bytes;
using test::SrtpPair;

class SrtpReplay : public test::SrtpProfileTest {
 protected:
  Bytes protect(uint16_t sequence, uint32_t ssrc = 1) {
    return pair_.protect_rtp(build({.sequence = sequence, .ssrc = ssrc}));
  }
  bool takes(const Bytes& sealed) { return !pair_.unprotect_rtp(sealed).empty(); }
  bool takes_rtcp(const Bytes& sealed) { return !pair_.unprotect_rtcp(sealed).empty(); }
  const SrtpRefusals& refusals() const { return pair_.receiver->refusals(); }

  static constexpr size_t kMaxStreams = 2;
  const SrtpPair pair_{GetParam(), kMaxStreams};
};

TEST_P(SrtpReplay, FollowsTheSequenceNumbersOverManyWraps) {
  for (uint32_t i = 0; i < 5 * 65536; i += 997) {
    const auto sequence = static_cast<uint16_t>(i);
    ASSERT_TRUE(takes(protect(sequence))) << i;
  }
}

TEST_P(SrtpReplay, TakesPacketsOutOfOrderOnBothSidesOfAWrap) {
  std::vector<Bytes> sealed;
  // The sender also gets them out of order.
  for (const int sequence : {65533, 65535, 65534, 1, 65532, 0, 3, 2}) {
    sealed.push_back(protect(static_cast<uint16_t>(sequence)));
    ASSERT_FALSE(sealed.back().empty()) << sequence;
  }
  for (const size_t i : {0u, 3u, 1u, 7u, 2u, 6u, 4u, 5u}) EXPECT_TRUE(takes(sealed[i])) << i;
}

TEST_P(SrtpReplay, RefusesWhatItHasTaken) {
  std::vector<Bytes> sealed;
  for (uint16_t i = 100; i < 200; ++i) sealed.push_back(protect(i));
  for (const Bytes& packet : sealed) EXPECT_TRUE(takes(packet));
  for (const Bytes& packet : sealed) EXPECT_FALSE(takes(packet));
  EXPECT_EQ(refusals().replayed.value(), sealed.size());
}

TEST_P(SrtpReplay, RefusesWhatIsOlderThanTheWindow) {
  const Bytes old = protect(100);
  const Bytes late = protect(101);
  EXPECT_TRUE(takes(protect(100 + SrtpReceiver::kRtpWindow)));
  EXPECT_FALSE(takes(old));
  EXPECT_TRUE(takes(late));
}

TEST_P(SrtpReplay, RefusesRtcpWhatItHasTakenAndWhatIsTooOld) {
  std::vector<Bytes> sealed;
  for (size_t i = 0; i < SrtpReceiver::kRtcpWindow + 2; ++i) {
    sealed.push_back(pair_.protect_rtcp(build_rtcp(1)));
  }
  EXPECT_TRUE(takes_rtcp(sealed[2]));
  EXPECT_TRUE(takes_rtcp(sealed[1]));
  EXPECT_FALSE(takes_rtcp(sealed[2]));
  EXPECT_TRUE(takes_rtcp(sealed.back()));
  EXPECT_FALSE(takes_rtcp(sealed[0]));
  EXPECT_EQ(refusals().replayed.value(), 2u);
}

TEST_P(SrtpReplay, NeverProtectsASequenceNumberTwice) {
  EXPECT_FALSE(protect(100).empty());
  EXPECT_TRUE(protect(100).empty());
  EXPECT_FALSE(protect(99).empty());
  EXPECT_TRUE(protect(99).empty());
  EXPECT_FALSE(protect(5000).empty());
  EXPECT_TRUE(protect(100).empty());
  EXPECT_TRUE(protect(50).empty()) << "too old to know";
  EXPECT_FALSE(protect(30000).empty());
  EXPECT_FALSE(protect(60000).empty());
  EXPECT_FALSE(protect(100).empty()) << "after a wrap it is another index";
}

TEST_P(SrtpReplay, IsNotMovedByAForgedPacket) {
  EXPECT_TRUE(takes(protect(100)));
  Bytes forged = protect(101);
  forged[2] = 0x70;  // A sequence number far ahead.
  EXPECT_FALSE(takes(forged));
  forged[2] = 0xf0;
  EXPECT_FALSE(takes(forged));
  EXPECT_TRUE(takes(protect(102)));
  EXPECT_TRUE(takes(protect(99))) << "still in the window";
}

TEST_P(SrtpReplay, BoundsTheStreamsOfTheReceiverToAuthenticOnes) {
  const SrtpPair other(GetParam(), 10);
  const auto from = [&](uint32_t ssrc, uint16_t sequence) {
    return other.protect_rtp(build({.sequence = sequence, .ssrc = ssrc}));
  };
  for (uint32_t ssrc = 50; ssrc < 60; ++ssrc) {
    Bytes forged = from(3, static_cast<uint16_t>(ssrc));
    forged[11] = static_cast<uint8_t>(ssrc);
    EXPECT_FALSE(takes(forged));
  }
  EXPECT_EQ(refusals().bad_tag.value(), 10u);
  EXPECT_TRUE(takes(from(1, 1)));
  EXPECT_TRUE(takes_rtcp(other.protect_rtcp(build_rtcp(2)))) << "a second stream";
  EXPECT_FALSE(takes(from(3, 1)));
  EXPECT_FALSE(takes_rtcp(other.protect_rtcp(build_rtcp(4))));
  EXPECT_EQ(refusals().too_many_streams.value(), 2u);
  EXPECT_TRUE(takes(from(1, 2)));
  EXPECT_TRUE(takes(from(2, 1)));
  EXPECT_TRUE(takes_rtcp(other.protect_rtcp(build_rtcp(1))));
}

TEST_P(SrtpReplay, BoundsTheStreamsOfTheSender) {
  EXPECT_FALSE(protect(1, 10).empty());
  EXPECT_FALSE(pair_.protect_rtcp(build_rtcp(11)).empty());
  EXPECT_TRUE(protect(1, 12).empty());
  EXPECT_TRUE(pair_.protect_rtcp(build_rtcp(12)).empty());
  EXPECT_FALSE(protect(1, 11).empty());
  EXPECT_FALSE(pair_.protect_rtcp(build_rtcp(10)).empty());
}

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpReplay, testing::ValuesIn(test::kProfiles),
                         test::profile_name);

}  // namespace
}  // namespace veche::rtp
