// SPDX-License-Identifier: Apache-2.0
// Tests of the pcapng file, byte by byte. tests/interop/headers_test.mjs gives one to tshark.
#include "rtp/pcapng.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

namespace veche::rtp {
namespace {

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    char pair[3];
    snprintf(pair, sizeof pair, "%02x", static_cast<unsigned char>(byte));
    text += pair;
  }
  return text;
}

KeptHeader header(int64_t time_ns, std::initializer_list<uint8_t> head, uint32_t size,
                  bool is_rtcp = false) {
  KeptHeader header{.time_ns = time_ns, .size = size, .is_rtcp = is_rtcp, .kept = head.size()};
  std::copy(head.begin(), head.end(), header.bytes.begin());
  return header;
}

const std::string kBegin =
    "0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000"
    "01000000200000006500000000000000"
    "09000100090000000000000020000000";

TEST(Pcapng, IsAFileWithoutPacketsToo) { EXPECT_EQ(hex(write_pcapng({}, {}, 0)), kBegin); }

TEST(Pcapng, HasAPacketWithAddressesAroundIt) {
  // Three bytes of ten.
  const std::string file = hex(write_pcapng({header(5, {0x80, 0x6f, 1}, 10)}, {}, 0x1'0000'0000));
  EXPECT_EQ(file, kBegin +
                      "060000004c00000000000000"
                      "0100000005000000"
                      "1f00000026000000"
                      // The sizes in IPv4 and UDP are those of the whole packet.
                      "45000026000000004011f6c3c0000201c0000202"
                      "138c138c00120000"
                      "806f0100"
                      "020004000100000000000000"
                      "4c000000");
}

TEST(Pcapng, OrdersBothDirectionsByTime) {
  const std::string file = hex(
      write_pcapng({header(1, {0xaa, 0xaa, 0xaa, 0xaa}, 4), header(3, {0xcc, 0xcc, 0xcc, 0xcc}, 4)},
                   {header(2, {0xbb, 0xbb, 0xbb, 0xbb}, 4, true)}, 0));
  const size_t first = file.find("138c138c000c0000aaaaaaaa");
  const size_t second = file.find("c0000202c0000201138d138d000c0000bbbbbbbb");
  const size_t third = file.find("138c138c000c0000cccccccc");
  EXPECT_NE(first, std::string::npos);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
}

}  // namespace
}  // namespace veche::rtp
