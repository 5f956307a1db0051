// SPDX-License-Identifier: Apache-2.0
// Rewriter: the header that a receiver gets, byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rtp/transport_number.hpp"
#include "slot_stream.hpp"

namespace veche::rtp {
namespace {

using test::build;
using test::Bytes;
using test::SlotStream;
using testing::ElementsAre;

TEST(RtpRewriter, SetsTheMarkerAtASwitchAndKeepsItOtherwise) {
  SlotStream slot;
  EXPECT_TRUE(slot.write({.sequence = 1}).marker);
  EXPECT_FALSE(slot.write({.sequence = 2}).marker);
  EXPECT_TRUE(slot.write({.sequence = 3, .marker = true}).marker);
  slot.rewriter.switch_source();
  EXPECT_TRUE(slot.write({.sequence = 80}).marker);
  EXPECT_FALSE(slot.write({.sequence = 81}).marker);
}

struct HeaderCase {
  const char* what;
  uint8_t mid_extension;
  uint8_t audio_level_extension;
  std::string mid;
  std::optional<AudioLevel> level;
  Bytes expected;  ///< The part between the CSRC and the payload.
  uint8_t transport_cc_extension = 0;
};

std::vector<HeaderCase> header_cases() {
  const AudioLevel loud{.level = 30, .voice = true};
  const AudioLevel silent{.level = 127, .voice = false};
  Bytes long_mid{0x10, 0x00, 0, 6, 4, 17};
  long_mid.insert(long_mid.end(), 17, 'x');
  for (const uint8_t byte : {1, 1, 0x9e, 0, 0}) long_mid.push_back(byte);
  Bytes longest_one_byte{0xBE, 0xDE, 0, 5, 0x4f};
  longest_one_byte.insert(longest_one_byte.end(), 16, 'x');
  for (const uint8_t byte : {0, 0, 0}) longest_one_byte.push_back(byte);
  return {
      {"nothing negotiated", 0, 0, "0", loud, {}},
      {"MID alone", 4, 0, "a1", loud, {0xBE, 0xDE, 0, 1, 0x41, 'a', '1', 0}},
      {"level alone", 0, 1, "0", loud, {0xBE, 0xDE, 0, 1, 0x10, 0x9e, 0, 0}},
      {"a silent level", 0, 14, "0", silent, {0xBE, 0xDE, 0, 1, 0xe0, 0x7f, 0, 0}},
      {"both", 4, 1, "0", loud, {0xBE, 0xDE, 0, 1, 0x40, '0', 0x10, 0x9e}},
      {"no level in the packet", 4, 1, "0", std::nullopt, {0xBE, 0xDE, 0, 1, 0x40, '0', 0, 0}},
      {"no level and no MID", 0, 1, "0", std::nullopt, {}},
      {"an empty MID", 4, 0, "", loud, {}},
      {"an impossible MID", 4, 0, std::string(256, 'x'), loud, {}},
      {"two-byte form for id 15",
       15,
       1,
       "0",
       loud,
       {0x10, 0x00, 0, 2, 15, 1, '0', 1, 1, 0x9e, 0, 0}},
      {"two-byte form for a high level id",
       4,
       200,
       "0",
       loud,
       {0x10, 0x00, 0, 2, 4, 1, '0', 200, 1, 0x9e, 0, 0}},
      {"two-byte form for a MID of 17 bytes", 4, 1, std::string(17, 'x'), loud, long_mid},
      {"one-byte form for a MID of 16 bytes", 4, 0, std::string(16, 'x'), loud, longest_one_byte},
      {"room for a transport-wide number, before all others",
       4,
       1,
       "0",
       loud,
       {0xBE, 0xDE, 0, 2, 0x31, 0, 0, 0x40, '0', 0x10, 0x9e, 0},
       3},
      {"room for such a number alone", 0, 0, "0", loud, {0xBE, 0xDE, 0, 1, 0x31, 0, 0, 0}, 3},
      {"two-byte form for a high id of it", 0, 0, "0", loud, {0x10, 0, 0, 1, 20, 2, 0, 0}, 20},
  };
}

TEST(RtpRewriter, WritesAFreshHeaderWithTheReceiversIds) {
  // The source's own CSRCs, header extensions and padding are dropped.
  const Bytes in = build({.ssrc = 5,
                          .payload_type = 111,
                          .csrc_count = 2,
                          .extension_profile = 0xBEDE,
                          .extensions = {0x90, 0x11},
                          .payload = {1, 2, 3, 4, 5},
                          .padding = 3});
  const auto packet = PacketView::parse(in);
  ASSERT_TRUE(packet);
  for (const HeaderCase& c : header_cases()) {
    Rewriter rewriter({.ssrc = 0x01020304,
                       .payload_type = 96,
                       .mid_extension = c.mid_extension,
                       .audio_level_extension = c.audio_level_extension,
                       .transport_cc_extension = c.transport_cc_extension,
                       .mid = c.mid},
                      0x1122, 0x33445566);
    Bytes expected{static_cast<uint8_t>(c.expected.empty() ? 0x81 : 0x91),
                   0x80 | 96,
                   0x11,
                   0x22,
                   0x33,
                   0x44,
                   0x55,
                   0x66,
                   1,
                   2,
                   3,
                   4,
                   0xa1,
                   0xb2,
                   0xc3,
                   0xd4};
    expected.insert(expected.end(), c.expected.begin(), c.expected.end());
    expected.insert(expected.end(), {1, 2, 3, 4, 5});

    EXPECT_GE(rewriter.max_size(*packet), expected.size()) << c.what;
    Bytes out(expected.size(), 0xff);
    const auto written = rewriter.write(*packet, 0xa1b2c3d4, c.level, 0, out);
    ASSERT_TRUE(written) << c.what;
    EXPECT_EQ(written->bytes().size(), expected.size()) << c.what;
    EXPECT_EQ(out, expected) << c.what;
  }
}

TEST(RtpRewriter, WritesWhatThePacketViewReadsBack) {
  for (const HeaderCase& c : header_cases()) {
    Rewriter rewriter({.mid_extension = c.mid_extension,
                       .audio_level_extension = c.audio_level_extension,
                       .transport_cc_extension = c.transport_cc_extension,
                       .mid = c.mid},
                      0, 0);
    const Bytes in = build({});
    const auto packet = PacketView::parse(in);
    Bytes out(rewriter.max_size(*packet));
    const auto written = rewriter.write(*packet, 42, c.level, 0, out);
    ASSERT_TRUE(written) << c.what;
    const auto sent = PacketView::parse(written->bytes());
    ASSERT_TRUE(sent) << c.what;
    EXPECT_EQ(written->payload().data(), sent->payload().data()) << c.what;
    EXPECT_EQ(written->mid(c.mid_extension), sent->mid(c.mid_extension)) << c.what;
    EXPECT_EQ(test::csrc_of(*sent), 42u);
    ASSERT_EQ(transport_number(out, c.transport_cc_extension).has_value(),
              c.transport_cc_extension != 0);
    EXPECT_THAT(sent->payload(), ElementsAre(0xaa, 0xbb, 0xcc));
    const bool has_mid = c.mid_extension != 0 && !c.mid.empty() && c.mid.size() < 256;
    EXPECT_EQ(sent->mid(c.mid_extension).value_or(""), has_mid ? c.mid : "") << c.what;
    const bool has_level = c.audio_level_extension != 0 && c.level;
    ASSERT_EQ(sent->audio_level(c.audio_level_extension).has_value(), has_level) << c.what;
    if (has_level) {
      EXPECT_EQ(sent->audio_level(c.audio_level_extension)->level, c.level->level);
      EXPECT_EQ(sent->audio_level(c.audio_level_extension)->voice, c.level->voice);
    }
  }
}

TEST(TransportNumber, IsWrittenWhereTheViewFindsIt) {
  for (const HeaderCase& c : header_cases()) {
    const uint8_t id = c.transport_cc_extension;
    Rewriter rewriter({.mid_extension = c.mid_extension,
                       .audio_level_extension = c.audio_level_extension,
                       .transport_cc_extension = id,
                       .mid = c.mid},
                      0, 0);
    const Bytes in = build({});
    Bytes out(rewriter.max_size(*PacketView::parse(in)));
    const auto written = rewriter.write(*PacketView::parse(in), 42, c.level, 0, out);
    ASSERT_TRUE(written) << c.what;
    const Bytes before = out;
    ASSERT_EQ(write_transport_number(out, id, 0xfedc), id != 0) << c.what;
    if (id == 0) {
      EXPECT_EQ(out, before) << c.what;
      continue;
    }
    EXPECT_EQ(transport_number(out, id), 0xfedc) << c.what;
    const auto element = written->extension(id);
    ASSERT_TRUE(element) << c.what;
    EXPECT_THAT(*element, ElementsAre(0xfe, 0xdc)) << c.what;
  }
}

TEST(TransportNumber, IsWrittenIntoNothingElse) {
  constexpr uint8_t kId = 3;
  const Bytes number{kId << 4 | 1, 0, 0, 0};
  const std::vector<Bytes> others = {
      {},
      Bytes(19, 0x91),
      build({.extension_profile = 0xBEDE, .extensions = number}),
      build({.csrc_count = 1}),
      build({.csrc_count = 2, .extension_profile = 0xBEDE, .extensions = number}),
      build({.csrc_count = 1, .extension_profile = 0xBEDE, .extensions = {0x10, 1, kId << 4 | 1}}),
      build({.csrc_count = 1, .extension_profile = 0x1000, .extensions = {kId, 1, 0, 0}}),
  };
  for (const Bytes& other : others) {
    Bytes bytes = other;
    EXPECT_FALSE(write_transport_number(bytes, kId, 7));
    EXPECT_FALSE(transport_number(bytes, kId));
    EXPECT_EQ(bytes, other);
  }
  Bytes right = build({.csrc_count = 1, .extension_profile = 0xBEDE, .extensions = number});
  EXPECT_FALSE(write_transport_number(right, 0, 7));
  EXPECT_FALSE(write_transport_number(right, kId + 1, 7));
  EXPECT_TRUE(write_transport_number(right, kId, 7));
}

}  // namespace
}  // namespace veche::rtp
