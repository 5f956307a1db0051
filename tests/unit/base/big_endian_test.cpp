// SPDX-License-Identifier: Apache-2.0
// Round trips of numbers of each width.
#include "base/big_endian.hpp"

#include <gtest/gtest.h>

#include <array>

namespace veche {
namespace {

constexpr std::array<uint8_t, 8> kBytes{0x81, 0x02, 0xf3, 0x04, 0x05, 0x06, 0x07, 0x88};

TEST(BigEndian, ReadsTheMostSignificantByteFirst) {
  EXPECT_EQ(read_u16(kBytes.data()), 0x8102u);
  EXPECT_EQ(read_u24(kBytes.data()), 0x8102f3u);
  EXPECT_EQ(read_u32(kBytes.data()), 0x8102f304u);
  EXPECT_EQ(read_u64(kBytes.data()), 0x8102f30405060788u);
}

TEST(BigEndian, ExtendsTheSignOf24Bits) {
  constexpr std::array<uint8_t, 3> kMinusTwo{0xff, 0xff, 0xfe}, kMost{0x7f, 0xff, 0xff};
  EXPECT_EQ(read_i24(kMinusTwo.data()), -2);
  EXPECT_EQ(read_i24(kMost.data()), 0x7fffff);
}

TEST(BigEndian, WritesWhatItReadsAndNoByteMore) {
  std::array<uint8_t, 9> out{};
  write_u16(out.data(), read_u16(kBytes.data()));
  EXPECT_EQ(out, (std::array<uint8_t, 9>{0x81, 0x02}));
  write_u24(out.data(), read_u24(kBytes.data()));
  EXPECT_EQ(out, (std::array<uint8_t, 9>{0x81, 0x02, 0xf3}));
  write_u32(out.data(), read_u32(kBytes.data()));
  EXPECT_EQ(out, (std::array<uint8_t, 9>{0x81, 0x02, 0xf3, 0x04}));
  write_u64(out.data(), read_u64(kBytes.data()));
  EXPECT_EQ(out, (std::array<uint8_t, 9>{0x81, 0x02, 0xf3, 0x04, 0x05, 0x06, 0x07, 0x88}));
}

}  // namespace
}  // namespace veche
