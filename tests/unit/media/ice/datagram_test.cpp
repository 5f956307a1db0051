// SPDX-License-Identifier: Apache-2.0
// classify(): separates the protocols of one port by RFC 7983 and RFC 5761.
#include "media/ice/datagram.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace veche::media {
namespace {

DatagramKind kind(uint8_t first, uint8_t second, size_t size) {
  std::vector<uint8_t> bytes(size);
  if (size > 0) bytes[0] = first;
  if (size > 1) bytes[1] = second;
  return classify(bytes);
}

DatagramKind expected(int first) {
  if (first <= 3) return DatagramKind::Stun;
  if (first >= 20 && first <= 63) return DatagramKind::Dtls;
  if (first >= 128 && first <= 191) return DatagramKind::Srtp;
  return DatagramKind::Other;
}

TEST(Datagram, IsToldApartByItsFirstByte) {
  for (int first = 0; first < 256; ++first) {
    EXPECT_EQ(kind(static_cast<uint8_t>(first), 111, 100), expected(first)) << first;
  }
}

TEST(Datagram, IsSrtcpOnlyWithAnRtcpPacketType) {
  for (int second = 0; second < 256; ++second) {
    const bool rtcp = second >= 192 && second <= 223;
    EXPECT_EQ(kind(0x80, static_cast<uint8_t>(second), 100),
              rtcp ? DatagramKind::Srtcp : DatagramKind::Srtp)
        << second;
    EXPECT_EQ(kind(22, static_cast<uint8_t>(second), 100), DatagramKind::Dtls) << second;
  }
}

TEST(Datagram, NeedsItsProtocolsSmallestHeader) {
  const struct {
    uint8_t first, second;
    size_t smallest;
    DatagramKind kind;
  } cases[] = {{0, 1, 20, DatagramKind::Stun},
               {22, 254, 13, DatagramKind::Dtls},
               {0x80, 111, 12, DatagramKind::Srtp},
               {0x81, 201, 8, DatagramKind::Srtcp}};
  for (const auto& c : cases) {
    for (size_t size = 0; size < c.smallest; ++size) {
      EXPECT_EQ(kind(c.first, c.second, size), DatagramKind::Other) << size;
    }
    EXPECT_EQ(kind(c.first, c.second, c.smallest), c.kind);
  }
}

}  // namespace
}  // namespace veche::media
