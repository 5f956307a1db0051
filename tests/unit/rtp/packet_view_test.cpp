// SPDX-License-Identifier: Apache-2.0
// PacketView: finds every part of a packet, accepts nothing broken, and never reads past the end.
#include "rtp/packet_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "packet_builder.hpp"

namespace veche::rtp {
namespace {

using test::build;
using test::Bytes;
using test::PacketSpec;
using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr uint16_t kOneByte = 0xBEDE;

/// The element's bytes, or nothing; uses a copy without slack, so that sanitizers detect reads past
/// the end.
std::optional<Bytes> element(const PacketSpec& spec, uint8_t id) {
  const Bytes bytes = build(spec);
  const auto packet = PacketView::parse(bytes);
  if (!packet) return std::nullopt;
  const auto found = packet->extension(id);
  if (!found) return std::nullopt;
  return Bytes(found->begin(), found->end());
}

TEST(RtpPacketView, ReadsTheFixedHeader) {
  const Bytes bytes = build({.sequence = 0xfedc,
                             .timestamp = 0x89abcdef,
                             .ssrc = 0xdeadbeef,
                             .payload_type = 111,
                             .marker = true});
  const auto packet = PacketView::parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->payload_type(), 111);
  EXPECT_TRUE(packet->marker());
  EXPECT_EQ(packet->sequence(), 0xfedc);
  EXPECT_EQ(packet->timestamp(), 0x89abcdefu);
  EXPECT_EQ(packet->ssrc(), 0xdeadbeefu);
  EXPECT_THAT(packet->payload(), ElementsAre(0xaa, 0xbb, 0xcc));
  EXPECT_EQ(packet->bytes().data(), bytes.data());
  EXPECT_EQ(packet->bytes().size(), bytes.size());
}

TEST(RtpPacketView, LeavesCsrcsExtensionsAndPaddingOutOfThePayload) {
  for (const uint8_t csrc_count : {0, 1, 15}) {
    for (const uint16_t profile : {uint16_t{0}, kOneByte, uint16_t{0x1000}, uint16_t{0xabcd}}) {
      for (const uint8_t padding : {0, 1, 4, 255}) {
        const Bytes bytes = build({.csrc_count = csrc_count,
                                   .extension_profile = profile,
                                   .extensions = {0x10, 0x05},
                                   .payload = {1, 2, 3, 4, 5},
                                   .padding = padding});
        const auto packet = PacketView::parse(bytes);
        ASSERT_TRUE(packet) << int{csrc_count} << " " << profile << " " << int{padding};
        EXPECT_THAT(packet->payload(), ElementsAre(1, 2, 3, 4, 5));
      }
    }
  }
}

TEST(RtpPacketView, AcceptsPacketsWithoutPayload) {
  const Bytes plain = build({.payload = {}});
  ASSERT_TRUE(PacketView::parse(plain));
  EXPECT_TRUE(PacketView::parse(plain)->payload().empty());
  const Bytes padding_only = build({.payload = {}, .padding = 20});
  ASSERT_TRUE(PacketView::parse(padding_only));
  EXPECT_TRUE(PacketView::parse(padding_only)->payload().empty());
}

TEST(RtpPacketView, RefusesEveryTruncationOfTheHeader) {
  const PacketSpec spec{.csrc_count = 3,
                        .extension_profile = kOneByte,
                        .extensions = {0x12, 1, 2, 3, 0x30, 9, 0, 0},
                        .payload = {}};
  const Bytes whole = build(spec);
  ASSERT_TRUE(PacketView::parse(whole));
  for (size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(PacketView::parse(part)) << size;
  }
  EXPECT_FALSE(PacketView::parse({}));
}

TEST(RtpPacketView, RefusesOtherVersions) {
  for (const uint8_t version : {0, 1, 3}) {
    Bytes bytes = build({});
    bytes[0] = static_cast<uint8_t>((bytes[0] & 0x3f) | (version << 6));
    EXPECT_FALSE(PacketView::parse(bytes)) << int{version};
  }
}

TEST(RtpPacketView, RefusesWhatLooksLikeRtcp) {
  for (int second_byte = 0; second_byte < 256; ++second_byte) {
    Bytes bytes = build({.payload = Bytes(40)});
    bytes[1] = static_cast<uint8_t>(second_byte);
    const bool is_rtcp = second_byte >= 192 && second_byte <= 223;
    EXPECT_EQ(PacketView::parse(bytes).has_value(), !is_rtcp) << second_byte;
  }
}

TEST(RtpPacketView, RefusesImpossiblePadding) {
  struct Case {
    const char* what;
    Bytes payload;
    bool accepted;
  };
  const Case cases[] = {
      {"zero padding bytes", {1, 2, 0}, false},
      {"one", {1, 2, 1}, true},
      {"as long as the payload", {1, 2, 3}, true},
      {"longer than the payload", {1, 2, 4}, false},
      {"far longer than the packet", {1, 2, 255}, false},
      {"no byte at all", {}, false},
  };
  for (const Case& c : cases) {
    // The extension before the payload must not be taken for padding.
    Bytes bytes =
        build({.extension_profile = kOneByte, .extensions = {4, 4, 4, 4}, .payload = c.payload});
    bytes[0] |= 0x20;
    EXPECT_EQ(PacketView::parse(bytes).has_value(), c.accepted) << c.what;
  }
}

TEST(RtpPacketView, FindsOneByteElements) {
  struct Case {
    const char* what;
    Bytes elements;
    uint8_t id;
    std::optional<Bytes> expected;
  };
  const Case cases[] = {
      {"the first", {0x10, 0x2a, 0x31, 7, 8}, 1, Bytes{0x2a}},
      {"a later one", {0x10, 0x2a, 0x31, 7, 8}, 3, Bytes{7, 8}},
      {"an absent one", {0x10, 0x2a}, 2, std::nullopt},
      {"behind padding", {0, 0, 0x10, 0x2a}, 1, Bytes{0x2a}},
      {"id 0 is absent", {0x10, 0x2a}, 0, std::nullopt},
      {"padding is not id 0", {0, 0, 0, 0}, 0, std::nullopt},
      {"id 0 with a length ends it", {0x01, 9, 9, 0x10, 0x2a}, 1, std::nullopt},
      {"before id 0 with a length", {0x10, 0x2a, 0x01, 1}, 1, Bytes{0x2a}},
      {"id 15 ends it", {0xf0, 1, 0x10, 0x2a}, 1, std::nullopt},
      {"before id 15", {0x10, 0x2a, 0xf0, 1}, 1, Bytes{0x2a}},
      {"id 15 itself", {0xf0, 1}, 15, std::nullopt},
      {"id 14", {0xe0, 5}, 14, Bytes{5}},
      {"ids above 14 need the other form", {0x10, 0x2a}, 17, std::nullopt},
      {"16 bytes",
       {0x1f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
       1,
       Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
      {"cut off", {0x1f, 1, 2, 3}, 1, std::nullopt},
      {"head only", {0, 0, 0, 0x10}, 1, std::nullopt},
      {"cut off by one", {0x13, 1, 2, 3}, 1, std::nullopt},
      {"reaching the end", {0x12, 1, 2, 3}, 1, Bytes{1, 2, 3}},
      {"no elements", {}, 1, std::nullopt},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(element({.extension_profile = kOneByte, .extensions = c.elements}, c.id), c.expected)
        << c.what;
  }
}

TEST(RtpPacketView, FindsTwoByteElements) {
  struct Case {
    const char* what;
    uint16_t profile;
    Bytes elements;
    uint8_t id;
    std::optional<Bytes> expected;
  };
  const Case cases[] = {
      {"the first", 0x1000, {1, 1, 0x2a, 200, 2, 7, 8}, 1, Bytes{0x2a}},
      {"a later one", 0x1000, {1, 1, 0x2a, 200, 2, 7, 8}, 200, Bytes{7, 8}},
      {"application bits set", 0x100f, {1, 1, 0x2a}, 1, Bytes{0x2a}},
      {"id 15 is nothing special", 0x1000, {15, 1, 3}, 15, Bytes{3}},
      {"empty", 0x1000, {1, 0, 2, 1, 5}, 1, Bytes{}},
      {"behind an empty one", 0x1000, {1, 0, 2, 1, 5}, 2, Bytes{5}},
      {"behind padding", 0x1000, {0, 0, 2, 1, 5}, 2, Bytes{5}},
      {"an absent one", 0x1000, {1, 1, 0x2a}, 2, std::nullopt},
      {"id 0", 0x1000, {1, 1, 0x2a}, 0, std::nullopt},
      {"without its length", 0x1000, {0, 0, 0, 1}, 1, std::nullopt},
      {"without its data", 0x1000, {0, 0, 1, 1}, 1, std::nullopt},
      {"cut off", 0x1000, {1, 255, 1, 2}, 1, std::nullopt},
      {"another profile", 0x1010, {1, 1, 0x2a}, 1, std::nullopt},
      {"yet another profile", 0xabcd, {0x10, 0x2a}, 1, std::nullopt},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(element({.extension_profile = c.profile, .extensions = c.elements}, c.id), c.expected)
        << c.what;
  }
}

TEST(RtpPacketView, FindsNoElementWithoutAnExtension) {
  EXPECT_EQ(element({.payload = {0xBE, 0xDE, 0, 1, 0x10, 0x2a, 0, 0}}, 1), std::nullopt);
}

TEST(RtpPacketView, ReadsTheAudioLevelInBothForms) {
  const PacketSpec specs[] = {
      {.extension_profile = kOneByte, .extensions = {0x10, 0x9e, 0x20, 0x7f}},
      {.extension_profile = 0x1000, .extensions = {1, 1, 0x9e, 2, 1, 0x7f, 3, 0}},
  };
  for (const PacketSpec& spec : specs) {
    const Bytes bytes = build(spec);
    const auto packet = PacketView::parse(bytes);
    ASSERT_TRUE(packet);
    const auto loud = packet->audio_level(1);
    ASSERT_TRUE(loud);
    EXPECT_EQ(loud->level, 30);
    EXPECT_TRUE(loud->voice);
    const auto silent = packet->audio_level(2);
    ASSERT_TRUE(silent);
    EXPECT_EQ(silent->level, 127);
    EXPECT_FALSE(silent->voice);
    EXPECT_FALSE(packet->audio_level(3));
    EXPECT_FALSE(packet->audio_level(0));
  }
}

TEST(RtpPacketView, ReadsTheMid) {
  const Bytes bytes = build({.extension_profile = kOneByte, .extensions = {0x42, 'a', 'b', 'c'}});
  const auto packet = PacketView::parse(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->mid(4), "abc");
  EXPECT_FALSE(packet->mid(5));
  const Bytes empty = build({.extension_profile = 0x1000, .extensions = {4, 0}});
  EXPECT_FALSE(PacketView::parse(empty)->mid(4));
}

}  // namespace
}  // namespace veche::rtp
