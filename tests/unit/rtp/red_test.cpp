// SPDX-License-Identifier: Apache-2.0
// Redundant audio: which payloads are whole, and what a receiver gets of them.
#include "rtp/red.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "packet_builder.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr uint8_t kOpus = 111, kRed = 63;
/// One block of three bytes, 960 ticks before the primary one of two.
const Bytes kOneBlock{0x80 | kOpus, 0x0f, 0x00, 0x03, kOpus, 1, 2, 3, 8, 9};
const Bytes kTwoBlocks{
    0x80 | kOpus, 0x1e, 0x00, 0x01, 0x80 | kOpus, 0x0f, 0x00, 0x02, kOpus, 1, 2, 3, 9};

TEST(Red, KnowsItsPrimaryBlock) {
  EXPECT_THAT(*red_primary(kOneBlock, kOpus), ElementsAre(8, 9));
  EXPECT_THAT(*red_primary(kTwoBlocks, kOpus), ElementsAre(9));
  EXPECT_THAT(*red_primary(Bytes{kOpus, 7}, kOpus), ElementsAre(7)) << "the first of a stream";
}

TEST(Red, RefusesWhatIsNotWhole) {
  const Bytes cases[] = {
      {},
      {kOpus},                                           // No primary block.
      {0x80 | kOpus},                                    // The header ends early,
      {0x80 | kOpus, 0x0f, 0x00},                        // here too,
      {0x80 | kOpus, 0x0f, 0x00, 0x03},                  // and no primary header.
      {0x80 | kOpus, 0x0f, 0x00, 0x03, kOpus, 1, 2, 3},  // Nothing behind the block.
      {0x80 | kOpus, 0x0f, 0x03, 0xff, kOpus, 1, 2, 3},
      {0x80 | 100, 0x0f, 0x00, 0x01, kOpus, 1, 2},  // Other types.
      {0x80 | kOpus, 0x0f, 0x00, 0x01, 100, 1, 2},
  };
  for (const Bytes& payload : cases) EXPECT_FALSE(red_primary(payload, kOpus)) << payload.size();
}

TEST(Red, IsRetypedForAReceiverThatHasIt) {
  Bytes bytes = test::build({.payload_type = kRed, .marker = true, .payload = kTwoBlocks});
  const auto view =
      convert_red(*PacketView::parse(bytes), bytes, kOpus, {.red = 121, .primary = 96});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload_type(), 121);
  EXPECT_TRUE(view->marker());
  Bytes expected = kTwoBlocks;
  expected[0] = expected[4] = 0x80 | 96;
  expected[8] = 96;
  EXPECT_THAT(view->payload(), ElementsAreArray(expected));
}

TEST(Red, LeavesOnlyThePrimaryBlockToOthers) {
  Bytes bytes = test::build({.sequence = 5,
                             .payload_type = kRed,
                             .extension_profile = 0xbede,
                             .extensions = {0x10, 30},
                             .payload = kOneBlock,
                             .padding = 4});
  const auto view = convert_red(*PacketView::parse(bytes), bytes, kOpus, {.primary = 96});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->payload_type(), 96);
  EXPECT_EQ(view->sequence(), 5);
  EXPECT_EQ(view->audio_level(1)->level, 30);
  EXPECT_THAT(view->payload(), ElementsAre(8, 9));
  EXPECT_EQ(view->bytes().data(), bytes.data());
}

/// A packet with redundancy at timestamp 9600.
PacketView view_of(Bytes& bytes, const Bytes& payload) {
  bytes = test::build({.timestamp = 9600, .payload_type = kRed, .payload = payload});
  return *PacketView::parse(bytes);
}

TEST(Red, ShowsWhatItRepeats) {
  Bytes bytes;
  const PacketView two = view_of(bytes, kTwoBlocks);
  const auto newest = red_block(two, kOpus, 1), oldest = red_block(two, kOpus, 2);
  ASSERT_TRUE(newest && oldest);
  EXPECT_THAT(newest->payload, ElementsAre(2, 3));
  EXPECT_EQ(newest->timestamp, 9600u - 960);
  EXPECT_THAT(oldest->payload, ElementsAre(1));
  EXPECT_EQ(oldest->timestamp, 9600u - 1920);
  EXPECT_FALSE(red_block(two, kOpus, 0));
  EXPECT_FALSE(red_block(two, kOpus, 3));
  EXPECT_FALSE(red_block(two, 96, 1)) << "of another type";
  EXPECT_FALSE(red_block(view_of(bytes, {kOpus, 7}), kOpus, 1));
}

TEST(Red, IsWrittenAsItIsRead) {
  const Bytes oldest{1}, newest{2, 3}, primary{9};
  Bytes out(64);
  const RedBlock blocks[] = {{9600 - 1920, oldest}, {9600 - 960, newest}};
  out.resize(write_red({9600, primary}, blocks, kOpus, out));
  EXPECT_THAT(out, ElementsAreArray(kTwoBlocks));
}

TEST(Red, LeavesOutWhatItCannotRepeat) {
  constexpr uint32_t kNow = 500;  // Timestamps wrap.
  const Bytes payload{9}, small(10, 1), largest(kMaxRedBlock, 2), too_large(kMaxRedBlock + 1, 3);
  struct Case {
    const char* what;
    std::vector<RedBlock> blocks;
    size_t room;
    size_t size;  ///< Of the result.
  };
  const std::vector<Case> cases{
      {"nothing to repeat", {}, 2000, 0},
      {"one", {{kNow - 960, small}}, 2000, 4 + 1 + 10 + 1},
      {"as far and as large as can be", {{kNow - kMaxRedOffset, largest}}, 2000, 4 + 1 + 1023 + 1},
      {"too far", {{kNow - kMaxRedOffset - 1, small}}, 2000, 0},
      {"too large", {{kNow - 960, too_large}}, 2000, 0},
      {"empty", {{kNow - 960, {}}}, 2000, 0},
      {"of the same time", {{kNow, small}}, 2000, 0},
      {"newer", {{kNow + 960, small}}, 2000, 0},
      {"two of one time", {{kNow - 960, small}, {kNow - 960, small}}, 2000, 16},
      {"in the wrong order", {{kNow - 960, small}, {kNow - 1920, small}}, 2000, 16},
      {"it just fits", {{kNow - 960, small}}, 16, 16},
      {"it does not fit", {{kNow - 960, small}}, 15, 0},
      {"the older does not fit", {{kNow - 1920, small}, {kNow - 960, small}}, 29, 16},
      {"the newer does not fit", {{kNow - 1920, small}, {kNow - 960, largest}}, 29, 16},
      {"the primary does not fit", {{kNow - 960, small}}, 1, 0},
      {"more than two",
       {{kNow - 2880, small}, {kNow - 1920, small}, {kNow - 960, small}},
       2000,
       2 * 14 + 2},
  };
  for (const Case& c : cases) {
    Bytes out(c.room);
    out.resize(write_red({kNow, payload}, c.blocks, kOpus, out));
    EXPECT_EQ(out.size(), c.size) << c.what;
    if (c.size > 0) {
      EXPECT_THAT(*red_primary(out, kOpus), ElementsAre(9)) << c.what;
    }
  }
}

TEST(Red, NothingOfItIsReadOutsideThePayload) {
  std::mt19937 random(2198);
  for (int i = 0; i < 20'000; ++i) {
    Bytes payload(random() % 12);
    for (uint8_t& byte : payload) byte = random() % 3 == 0 ? kOpus | 0x80 : random() % 8;
    const Bytes exact(payload);  // In its own allocation, for sanitizers.
    const auto primary = red_primary(exact, kOpus);
    if (!primary) continue;
    EXPECT_EQ(primary->data() + primary->size(), exact.data() + exact.size());
    Bytes bytes;
    const PacketView view = view_of(bytes, exact);
    const uint8_t* end = view.payload().data() + view.payload().size() - primary->size();
    for (size_t distance = 1; const auto block = red_block(view, kOpus, distance); ++distance) {
      EXPECT_EQ(block->payload.data() + block->payload.size(), end) << "adjacent, newest last";
      end = block->payload.data();
    }
  }
}

}  // namespace
}  // namespace veche::rtp
