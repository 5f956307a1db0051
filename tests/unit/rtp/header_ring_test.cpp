// SPDX-License-Identifier: Apache-2.0
// Tests of the ring of headers: its content, and that readers never see half a packet.
#include "rtp/header_ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

namespace veche::rtp {
namespace {

using Bytes = std::vector<uint8_t>;

/// A packet with one header extension and that payload.
Bytes rtp(uint16_t sequence, const Bytes& payload) {
  const uint8_t head[] = {0x90, 111, 0,    0,    0, 0, 0,    1,    0xca, 0xfe,
                          0,    1,   0xbe, 0xde, 0, 1, 0x10, 0x30, 0,    0};
  Bytes packet(sizeof head + payload.size());
  std::copy(payload.begin(), payload.end(),
            std::copy(std::begin(head), std::end(head), packet.begin()));
  packet[2] = static_cast<uint8_t>(sequence >> 8);
  packet[3] = static_cast<uint8_t>(sequence);
  return packet;
}

uint16_t sequence_of(const KeptHeader& header) {
  return static_cast<uint16_t>(header.bytes[2] << 8 | header.bytes[3]);
}

class HeaderRingTest : public testing::Test {
 protected:
  // Too large for the stack.
  const std::unique_ptr<HeaderRing> ring = std::make_unique<HeaderRing>();
};

TEST_F(HeaderRingTest, KeepsHeadersAndExtensionsButNoPayload) {
  const Bytes packet = rtp(7, {'s', 'e', 'c', 'r', 'e', 't'});
  ring->keep_rtp(packet, 5);
  const auto headers = ring->read();
  ASSERT_EQ(headers.size(), 1u);
  EXPECT_EQ(headers[0].time_ns, 5);
  EXPECT_EQ(headers[0].size, packet.size());
  EXPECT_FALSE(headers[0].is_rtcp);
  EXPECT_THAT(headers[0].head(), testing::ElementsAreArray(packet.begin(), packet.end() - 6));
  EXPECT_THAT(std::vector(headers[0].bytes.begin() + 20, headers[0].bytes.end()),
              testing::Each(uint8_t{0}));
}

TEST_F(HeaderRingTest, LeavesOutWhatIsNoRtp) {
  ring->keep_rtp(Bytes{}, 1);
  ring->keep_rtp(Bytes{0x80, 111}, 2);
  ring->keep_rtp(Bytes(40, 0xff), 3);
  EXPECT_TRUE(ring->read().empty());
}

TEST_F(HeaderRingTest, KeepsTheBeginOfLongRtcp) {
  Bytes report(300, 0x42);
  ring->keep_rtcp(report, 1);
  const auto headers = ring->read();
  ASSERT_EQ(headers.size(), 1u);
  EXPECT_TRUE(headers[0].is_rtcp);
  EXPECT_EQ(headers[0].size, 300u);
  EXPECT_EQ(headers[0].kept, KeptHeader::kMaxBytes);
  EXPECT_EQ(headers[0].bytes.back(), 0x42);
}

TEST_F(HeaderRingTest, KeepsTheLast) {
  for (uint16_t i = 0; i < HeaderRing::kPackets + 3; ++i) ring->keep_rtp(rtp(i, {1}), i);
  const auto headers = ring->read();
  ASSERT_EQ(headers.size(), HeaderRing::kPackets);
  for (size_t i = 0; i < headers.size(); ++i) EXPECT_EQ(sequence_of(headers[i]), i + 3);
}

TEST_F(HeaderRingTest, Forgets) {
  ring->keep_rtp(rtp(1, {1}), 1);
  ring->forget();
  EXPECT_TRUE(ring->read().empty());
  ring->keep_rtp(rtp(2, {1}), 2);
  ASSERT_EQ(ring->read().size(), 1u);
  EXPECT_EQ(sequence_of(ring->read()[0]), 2);
}

TEST_F(HeaderRingTest, IsReadWhileItIsWritten) {
  constexpr uint32_t kPackets = 200'000;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (uint32_t i = 0; i < kPackets; ++i) {
      // Each has the same byte everywhere, and a time that matches it.
      ring->keep_rtcp(Bytes(KeptHeader::kMaxBytes, static_cast<uint8_t>(i)), i);
    }
    done = true;
  });
  size_t seen = 0;
  bool last = false;
  do {
    last = done;
    int64_t before = -1;
    for (const KeptHeader& header : ring->read()) {
      ASSERT_GT(header.time_ns, before);
      before = header.time_ns;
      ASSERT_THAT(header.bytes, testing::Each(static_cast<uint8_t>(header.time_ns)));
      ++seen;
    }
  } while (!last);
  writer.join();
  EXPECT_GE(seen, HeaderRing::kPackets);
}

}  // namespace
}  // namespace veche::rtp
