// SPDX-License-Identifier: Apache-2.0
// SrtpSender and SrtpReceiver: round trips, and packets refused because of their bytes.
#include <gtest/gtest.h>

#include "srtp_pair.hpp"

namespace veche::rtp {
namespace {

using test::build;
using test::build_rtcp;
using test::Bytes;
using test::SrtpPair;

class SrtpSession : public test::SrtpProfileTest {};

/// With everything that a header can have.
Bytes full_packet(uint16_t sequence) {
  return build({.sequence = sequence,
                .csrc_count = 3,
                .extension_profile = 0xBEDE,
                .extensions = {0x10, 0x20, 0x40, '0'},
                .payload = Bytes(100, 0x55),
                .padding = 4});
}

TEST_P(SrtpSession, BringsPacketsBackAsTheyWere) {
  const SrtpPair pair(GetParam());
  const Bytes empty = build({.sequence = 3, .payload = {}});
  for (const Bytes& packet : {full_packet(1), build({.sequence = 2}), empty}) {
    const Bytes sealed = pair.protect_rtp(packet);
    EXPECT_EQ(sealed.size(), packet.size() + srtp_tag_size(GetParam()));
    EXPECT_EQ(pair.unprotect_rtp(sealed), packet);
  }
  for (const size_t words : {0u, 1u, 300u}) {
    const Bytes packet = build_rtcp(9, words);
    const Bytes sealed = pair.protect_rtcp(packet);
    EXPECT_EQ(sealed.size(), packet.size() + srtp_tag_size(GetParam()) + kSrtcpIndexSize);
    EXPECT_EQ(pair.unprotect_rtcp(sealed), packet);
  }
}

TEST_P(SrtpSession, LeavesTheHeaderReadableAndHidesThePayload) {
  const SrtpPair pair(GetParam());
  const Bytes packet = full_packet(1);
  const Bytes sealed = pair.protect_rtp(packet);
  const size_t header_size = 12 + 3 * 4 + 4 + 4;
  EXPECT_TRUE(std::equal(packet.begin(), packet.begin() + header_size, sealed.begin()));
  EXPECT_EQ(std::search(sealed.begin(), sealed.end(), packet.begin() + header_size,
                        packet.begin() + header_size + 8),
            sealed.end());
}

TEST_P(SrtpSession, RefusesEveryFlippedBitAndTakesThePacketAfterwards) {
  const SrtpPair pair(GetParam());
  const Bytes rtp = full_packet(1);
  const Bytes sealed_rtp = pair.protect_rtp(rtp);
  const Bytes rtcp = build_rtcp(9);
  const Bytes sealed_rtcp = pair.protect_rtcp(rtcp);
  for (size_t bit = 0; bit < sealed_rtp.size() * 8; ++bit) {
    Bytes changed = sealed_rtp;
    changed[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    ASSERT_TRUE(pair.unprotect_rtp(changed).empty()) << bit;
  }
  for (size_t bit = 0; bit < sealed_rtcp.size() * 8; ++bit) {
    Bytes changed = sealed_rtcp;
    changed[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    ASSERT_TRUE(pair.unprotect_rtcp(changed).empty()) << bit;
  }
  const SrtpRefusals& refusals = pair.receiver->refusals();
  EXPECT_EQ(refusals.replayed.value() + refusals.too_many_streams.value(), 0u);
  EXPECT_EQ(refusals.malformed.value() + refusals.bad_tag.value(),
            (sealed_rtp.size() + sealed_rtcp.size()) * 8);
  EXPECT_EQ(pair.unprotect_rtp(sealed_rtp), rtp);
  EXPECT_EQ(pair.unprotect_rtcp(sealed_rtcp), rtcp);
}

TEST_P(SrtpSession, RefusesEveryTruncation) {
  const SrtpPair pair(GetParam());
  const Bytes sealed_rtp = pair.protect_rtp(full_packet(1));
  const Bytes sealed_rtcp = pair.protect_rtcp(build_rtcp(9));
  // Separate allocations, so that sanitizers detect a read past the end.
  for (size_t size = 0; size < sealed_rtp.size(); ++size) {
    const Bytes cut(sealed_rtp.begin(), sealed_rtp.begin() + static_cast<ptrdiff_t>(size));
    ASSERT_TRUE(pair.unprotect_rtp(cut).empty()) << size;
  }
  for (size_t size = 0; size < sealed_rtcp.size(); ++size) {
    const Bytes cut(sealed_rtcp.begin(), sealed_rtcp.begin() + static_cast<ptrdiff_t>(size));
    ASSERT_TRUE(pair.unprotect_rtcp(cut).empty()) << size;
  }
}

TEST_P(SrtpSession, DoesNotProtectWhatIsMalformedOrFindsNoRoom) {
  const SrtpPair pair(GetParam());
  const Bytes packet = full_packet(1);
  const size_t header_size = 12 + 3 * 4 + 4 + 4;
  for (size_t size = 0; size < header_size; ++size) {
    Bytes cut(packet.begin(), packet.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_TRUE(pair.protect_rtp(cut).empty()) << size;
  }
  for (size_t size = 0; size < 8; ++size) EXPECT_TRUE(pair.protect_rtcp(Bytes(size, 0x80)).empty());
  EXPECT_TRUE(pair.protect_rtp(Bytes(50, 0x40)).empty());
  EXPECT_TRUE(pair.protect_rtcp(Bytes(50, 0x40)).empty());

  Bytes tight = packet;
  tight.resize(packet.size() + srtp_tag_size(GetParam()) - 1);
  EXPECT_EQ(pair.sender->protect_rtp(tight, packet.size()), 0u);
  EXPECT_EQ(pair.sender->protect_rtp(tight, tight.size() + 1), 0u);
  EXPECT_EQ(pair.sender->protect_rtp(tight, SIZE_MAX), 0u);
  Bytes rtcp = build_rtcp(9);
  rtcp.resize(rtcp.size() + srtp_tag_size(GetParam()) + kSrtcpIndexSize - 1);
  EXPECT_EQ(pair.sender->protect_rtcp(rtcp, build_rtcp(9).size()), 0u);
  EXPECT_EQ(pair.sender->protect_rtcp(rtcp, SIZE_MAX), 0u);
  EXPECT_FALSE(pair.protect_rtp(packet).empty()) << "the index was not used up";
}

TEST_P(SrtpSession, RefusesRtcpThatIsNotEncrypted) {
  const SrtpPair pair(GetParam());
  Bytes sealed = pair.protect_rtcp(build_rtcp(9));
  const bool index_is_last = is_aead(GetParam());
  const size_t word_at = sealed.size() - 4 - (index_is_last ? 0 : 10);
  sealed[word_at] &= 0x7f;
  EXPECT_TRUE(pair.unprotect_rtcp(sealed).empty());
  EXPECT_EQ(pair.receiver->refusals().malformed.value(), 1u);
}

TEST_P(SrtpSession, RefusesAnotherKey) {
  const SrtpPair pair(GetParam());
  const SrtpPair stranger(GetParam(), test::master_of(GetParam(), 8), 4);
  EXPECT_TRUE(pair.unprotect_rtp(stranger.protect_rtp(full_packet(1))).empty());
  EXPECT_TRUE(pair.unprotect_rtcp(stranger.protect_rtcp(build_rtcp(9))).empty());
  EXPECT_EQ(pair.receiver->refusals().bad_tag.value(), 2u);
}

TEST_P(SrtpSession, NeedsAMasterKeyOfTheRightSize) {
  Bytes master = test::master_of(GetParam());
  master.pop_back();
  EXPECT_FALSE(SrtpSender::create(GetParam(), master, 1));
  EXPECT_FALSE(SrtpReceiver::create(GetParam(), master, 1));
  EXPECT_FALSE(SrtpSender::create(GetParam(), {}, 1));
}

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpSession, testing::ValuesIn(test::kProfiles),
                         test::profile_name);

}  // namespace
}  // namespace veche::rtp
