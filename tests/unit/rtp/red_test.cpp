// SPDX-License-Identifier: Apache-2.0
// Redundant audio: which payloads are whole, and what a receiver gets of them.
#include "rtp/red.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

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

TEST(Red, NothingOfItIsReadOutsideThePayload) {
  std::mt19937 random(2198);
  for (int i = 0; i < 20'000; ++i) {
    Bytes payload(random() % 12);
    for (uint8_t& byte : payload) byte = random() % 3 == 0 ? kOpus | 0x80 : random() % 8;
    const Bytes exact(payload);  // In its own allocation, for sanitizers.
    const auto primary = red_primary(exact, kOpus);
    if (!primary) continue;
    EXPECT_EQ(primary->data() + primary->size(), exact.data() + exact.size());
  }
}

}  // namespace
}  // namespace veche::rtp
