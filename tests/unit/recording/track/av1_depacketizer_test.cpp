// SPDX-License-Identifier: Apache-2.0
// Aggregation headers, fragments and loss of AV1, packet by packet.
#include "recording/track/av1_depacketizer.hpp"

#include <gtest/gtest.h>

namespace veche::recording::av1_depacketizer_test {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr int64_t kPictureNs = 33'000'000;
/// A sequence header of 64 by 48 as libaom writes it, its payload; and a frame of each kind.
const Bytes kSequence{0x00, 0x00, 0x00, 0x02, 0xaf, 0xf7, 0xf0, 0x36, 0xbe, 0x40, 0x10};
const Bytes kKeyFrame{0x30, 0x10, 0xaa, 0xbb}, kFrame{0x30, 0x30, 0xcc};
const Bytes kKeyFrameInFile{0x32, 3, 0x10, 0xaa, 0xbb}, kFrameInFile{0x32, 2, 0x30, 0xcc};

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes joined;
  for (const Bytes& part : parts) joined.insert(joined.end(), part.begin(), part.end());
  return joined;
}
Bytes sized(const Bytes& bytes) { return join({{static_cast<uint8_t>(bytes.size())}, bytes}); }
Bytes sequence_obu() { return join({{0x08}, kSequence}); }
Bytes sequence_in_file() { return join({{0x0a}, sized(kSequence)}); }

class Av1 : public ::testing::Test {
 protected:
  void push(const Bytes& payload, bool marker, uint64_t lost = 0) {
    Packet packet;
    packet.timestamp = picture_ * 3000;
    packet.marker = marker;
    packet.payload = payload;
    av1_.push(packet, picture_ * kPictureNs, lost, frames_);
    if (marker) ++picture_;
  }
  void push_key() { push(join({{0x20}, sized(sequence_obu()), kKeyFrame}), true); }

  Av1Depacketizer av1_;
  std::vector<Frame> frames_;
  uint32_t picture_ = 0;
};

TEST_F(Av1, ReadsEveryFormOfAggregation) {
  const Bytes key = join({sequence_in_file(), kKeyFrameInFile});
  const Bytes delimiter{0x10};
  push_key();
  push(join({{0x00}, sized(sequence_obu()), sized(kKeyFrame)}), true);
  push(join({{0x30}, sized(delimiter), sized(sequence_obu()), kKeyFrame}), true);
  push(join({{0x20}, sized(sequence_in_file()), kKeyFrameInFile}), true);  // With sizes inside.
  push(join({{0x10}, sequence_obu()}), false);
  push(join({{0x10}, kKeyFrame}), true);
  ASSERT_EQ(frames_.size(), 5U);
  for (const Frame& frame : frames_) {
    EXPECT_EQ(frame.bytes, key);
    EXPECT_TRUE(frame.key);
  }
  EXPECT_EQ(frames_[4].time_ns, 4 * kPictureNs);
  push(join({{0x10}, kFrame}), true);
  EXPECT_EQ(frames_[5].bytes, kFrameInFile);
  EXPECT_FALSE(frames_[5].key);
}

TEST_F(Av1, JoinsFragments) {
  push_key();
  push({0x50, 0x30, 0x30}, false);
  push({0xd0, 0xcc}, false);
  push({0x90, 0xdd}, true);
  ASSERT_EQ(frames_.size(), 2U);
  EXPECT_EQ(frames_[1].bytes, (Bytes{0x32, 3, 0x30, 0xcc, 0xdd}));
}

TEST_F(Av1, DropsAUnitOfWhichAPartIsLost) {
  push_key();
  push({0x50, 0x30, 0x30}, false);
  push({0x90, 0xdd}, true, 1);  // The middle.
  push({0x90, 0xdd}, true, 1);  // The beginning.
  push({0x50, 0x30, 0x30}, false);
  ++picture_;
  push(join({{0x10}, kFrame}), true, 1);  // The end, and its marker.
  push({0x50, 0x30, 0x30}, true);         // It announces a continuation that never follows.
  push({0x10, 0x20, 0x01}, true, 1);      // Tiles alone.
  EXPECT_EQ(frames_.size(), 2U);
  EXPECT_EQ(av1_.refused().incomplete, 5U);
  EXPECT_EQ(frames_[1].bytes, kFrameInFile);
}

TEST_F(Av1, WaitsForAKeyFrame) {
  push(join({{0x10}, kFrame}), true);
  push(join({{0x10}, kKeyFrame}), true);  // Not decodable without a sequence header.
  EXPECT_TRUE(frames_.empty());
  EXPECT_EQ(av1_.format(), nullptr);
  push_key();
  EXPECT_EQ(frames_.size(), 1U);
  EXPECT_EQ(av1_.refused().left_out, 2U);
}

TEST_F(Av1, SaysWhatAContainerMustSay) {
  push_key();
  ASSERT_NE(av1_.format(), nullptr);
  EXPECT_EQ(av1_.format()->width, 64U);
  EXPECT_EQ(av1_.format()->height, 48U);
  // Profile 0, level 2.0, 4:2:0 of 8 bits; then the sequence header.
  EXPECT_EQ(av1_.format()->codec_private, join({{0x81, 0x00, 0x0c, 0x00}, sequence_in_file()}));
}

TEST_F(Av1, CountsPacketsThatBreakTheRules) {
  push_key();
  const Bytes broken[] = {
      {},
      {0x00, 0x05, 0x30},                          // Longer than the packet.
      {0x00, 0x80},                                // A length that is cut.
      {0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},  // One above 32 bits.
      {0x10, 0x80},                                // A forbidden bit.
      {0x10, 0x34},                                // An extension that is cut.
      {0x10, 0x32, 0x05, 0x30},                    // A size inside that is too large.
  };
  for (const Bytes& payload : broken) push(payload, true);
  EXPECT_EQ(av1_.refused().malformed, std::size(broken));
  EXPECT_EQ(frames_.size(), 1U);
}

TEST(Av1SequenceHeader, IsRefusedWhereverItIsCut) {
  ASSERT_TRUE(parse_av1_sequence_header(kSequence));
  for (size_t size = 0; size + 1 < kSequence.size(); ++size) {
    EXPECT_FALSE(parse_av1_sequence_header(std::span(kSequence).first(size))) << size;
  }
}

TEST(Leb128, ReadsWhatIsWritten) {
  for (const size_t size : {0UL, 1UL, 127UL, 128UL, 16383UL, 16384UL, 300000UL}) {
    const Bytes header{0x30}, payload(size, 7);
    Bytes file;
    append_obu({.type = ObuType::Frame, .header = header, .payload = payload}, file);
    const auto obu = parse_obu(file);
    ASSERT_TRUE(obu);
    EXPECT_EQ(obu->payload.size(), size);
  }
}

}  // namespace
}  // namespace veche::recording::av1_depacketizer_test
