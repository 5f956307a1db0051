// SPDX-License-Identifier: Apache-2.0
// Marks: a round trip preserves them, and only payloads with a mark yield one.
#include "mark.hpp"

#include <gtest/gtest.h>

namespace veche::load {
namespace {

/// A packet of code 0: the TOC of 20 ms of CELT, mono, and one frame.
const std::vector<uint8_t> kOpus{0xf8, 1, 2, 3};

TEST(LoadMark, ComesBackAsItWasWritten) {
  std::vector<uint8_t> payload = *with_room_for_mark(kOpus);
  EXPECT_EQ(payload.size(), kOpus.size() + kMarkSize + 2);
  EXPECT_FALSE(read_mark(payload));
  write_mark({.talker = 65535, .turn = 0x12345678, .frame = 70'000, .sent_ns = 1ll << 60}, payload);
  const auto mark = read_mark(payload);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->talker, 65535);
  EXPECT_EQ(mark->turn, 0x12345678u);
  EXPECT_EQ(mark->frame, 70'000u);
  EXPECT_EQ(mark->sent_ns, 1ll << 60);
}

TEST(LoadMark, IsNotReadFromOtherPayloads) {
  EXPECT_FALSE(read_mark({}));
  EXPECT_FALSE(read_mark(kOpus));
  EXPECT_FALSE(read_mark(std::vector<uint8_t>(80, 0x55)));
  std::vector<uint8_t> payload = *with_room_for_mark(kOpus);
  write_mark({.talker = 1}, payload);
  ASSERT_TRUE(read_mark(payload));
  payload[1] &= 0xbf;  // Removes the padding.
  EXPECT_FALSE(read_mark(payload));
}

TEST(LoadMark, NeedsAnOpusPacket) {
  EXPECT_FALSE(with_room_for_mark({}));
  EXPECT_FALSE(with_room_for_mark(std::vector<uint8_t>{0xff}));  // Code 3 without a count.
}

}  // namespace
}  // namespace veche::load
