// SPDX-License-Identifier: Apache-2.0
// Rewriter: packets of padding between those of a source.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "rtp/inserted_numbers.hpp"
#include "slot_stream.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using test::kFirstSequence;
using test::kFormat;
using test::kFrame;
using test::Sent;
using test::SlotStream;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

struct PaddedStream : SlotStream {
  using SlotStream::SlotStream;

  /// The place of a packet of padding in the stream; -1: none was written.
  int pad(size_t size = 100) {
    padding.assign(size, 0xff);
    const auto written = rewriter.write_padding(7, padding);
    if (!written) return -1;
    padding.resize(written->bytes().size());
    return static_cast<uint16_t>(written->sequence() - first);
  }
  PacketView view() const { return *PacketView::parse(padding); }

  Bytes padding;  ///< The newest.
};

TEST(RtpRewriterPadding, TakesANumberAndTheSourceGoesOnBehindIt) {
  PaddedStream slot;
  EXPECT_EQ(slot.sequence_of(10), 0);
  EXPECT_EQ(slot.pad(), 1);
  EXPECT_EQ(slot.pad(), 2);
  EXPECT_EQ(slot.sequence_of(11), 3);
  EXPECT_EQ(slot.pad(), 4);
  EXPECT_EQ(slot.sequence_of(12), 5);
}

TEST(RtpRewriterPadding, IsAPacketWithoutPayloadOfTheNewestTimestamp) {
  PaddedStream slot(SlotFormat{.ssrc = 0xabcd0001,
                               .payload_type = 96,
                               .mid_extension = 4,
                               .audio_level_extension = 1,
                               .transport_cc_extension = 3,
                               .mid = "0"});
  slot.write({.sequence = 10, .timestamp = 5 * kFrame});
  slot.write({.sequence = 11, .timestamp = 6 * kFrame});
  ASSERT_EQ(slot.pad(200), 2);
  const PacketView padding = slot.view();
  EXPECT_EQ(padding.bytes().size(), 200u);
  EXPECT_THAT(padding.payload(), IsEmpty());
  EXPECT_EQ(padding.timestamp(), slot.base + kFrame);
  EXPECT_EQ(padding.ssrc(), 0xabcd0001);
  EXPECT_EQ(padding.payload_type(), 96);
  EXPECT_FALSE(padding.marker());
  EXPECT_EQ(padding.mid(4), "0");
  EXPECT_TRUE(padding.extension(3));
  EXPECT_FALSE(padding.audio_level(1)) << "it has no sound";
  EXPECT_EQ(test::csrc_of(padding), 7u);
  // Sixteen bytes of header with the CSRC, twelve of extensions.
  EXPECT_EQ(slot.padding.back(), 200 - 28);
  const std::vector<uint8_t> zeros(slot.padding.begin() + 28, slot.padding.end() - 1);
  EXPECT_THAT(zeros, Each(0));
  EXPECT_EQ(slot.write({.sequence = 12, .timestamp = 7 * kFrame}).timestamp, 2 * kFrame);
}

TEST(RtpRewriterPadding, HasOneTo255Bytes) {
  PaddedStream slot;
  slot.sequence_of(10);
  EXPECT_EQ(slot.pad(16), -1) << "not a byte beyond the header";
  EXPECT_EQ(slot.pad(0), -1);
  EXPECT_EQ(slot.pad(17), 1);
  EXPECT_EQ(slot.padding.back(), 1);
  EXPECT_EQ(slot.pad(1200), 2);
  EXPECT_EQ(slot.padding.size(), 16u + 255u);
  EXPECT_EQ(slot.padding.back(), 255);
}

TEST(RtpRewriterPadding, IsNotWrittenBeforeTheFirstPacket) {
  PaddedStream slot;
  EXPECT_EQ(slot.pad(), -1);
  EXPECT_EQ(slot.sequence_of(10), 0);
}

TEST(RtpRewriterPadding, LeavesLateAndLostPacketsTheirNumbers) {
  PaddedStream slot;
  EXPECT_EQ(slot.sequence_of(10), 0);
  EXPECT_EQ(slot.sequence_of(13), 3);
  EXPECT_EQ(slot.pad(), 4);
  EXPECT_EQ(slot.sequence_of(12), 2) << "late";
  EXPECT_EQ(slot.sequence_of(15), 6);
  EXPECT_EQ(slot.pad(), 7);
  EXPECT_EQ(slot.sequence_of(14), 5) << "behind the first padding, before the second";
  EXPECT_EQ(slot.sequence_of(11), 1) << "before both";
  EXPECT_EQ(slot.sequence_of(16), 8);
}

TEST(RtpRewriterPadding, StandsBehindSkippedPacketsThatMayStillLeaveAGap) {
  PaddedStream slot;
  EXPECT_EQ(slot.sequence_of(10), 0);
  slot.skip(12);
  EXPECT_EQ(slot.pad(), 2) << "1 is for packet 11";
  EXPECT_EQ(slot.sequence_of(11), 1);
  EXPECT_EQ(slot.sequence_of(13), 3);
  EXPECT_EQ(slot.pad(), 4);
  slot.skip(14);
  EXPECT_EQ(slot.sequence_of(15), 5);
}

TEST(RtpRewriterPadding, KeepsTheGapOfAPacketThatIsSkippedTooLate) {
  PaddedStream slot;
  EXPECT_EQ(slot.sequence_of(10), 0);
  slot.skip(12);
  EXPECT_EQ(slot.pad(), 2);
  slot.skip(11);
  EXPECT_EQ(slot.sequence_of(13), 3) << "the padding after it has gone out";
}

TEST(RtpRewriterPadding, GoesOnAcrossASwitch) {
  PaddedStream slot;
  EXPECT_EQ(slot.sequence_of(10), 0);
  EXPECT_EQ(slot.pad(), 1);
  slot.rewriter.switch_source();
  EXPECT_EQ(slot.pad(), 2);
  EXPECT_EQ(slot.sequence_of(30'000), 3);
  EXPECT_EQ(slot.sequence_of(29'999), -1) << "older than the switch";
  EXPECT_EQ(slot.sequence_of(30'001), 4);
}

TEST(RtpRewriterPadding, DoesNotHoldForTheNumbersOfAnotherTurn) {
  PaddedStream slot;
  slot.sequence_of(0);
  EXPECT_EQ(slot.pad(), 1);
  for (int i = 1; i < 0x10000; ++i) {
    ASSERT_EQ(slot.sequence_of(static_cast<uint16_t>(i)), (i + 1) & 0xffff);
  }
  EXPECT_EQ(slot.sequence_of(1), 2) << "number 0 is late";
  EXPECT_EQ(slot.sequence_of(0), 1) << "no padding was inserted in this turn";
}

TEST(RtpRewriterPadding, IsBoundedInOnePlace) {
  PaddedStream slot;
  slot.sequence_of(10);
  int written = 0;
  while (written < 1000 && slot.pad() != -1) ++written;
  EXPECT_EQ(written, 255);
  EXPECT_EQ(slot.sequence_of(11), 256);
  EXPECT_EQ(slot.pad(), 257);
}

TEST(RtpRewriterPadding, LeavesOutWhatWouldComeTooLate) {
  PaddedStream slot;
  slot.sequence_of(10);
  slot.sequence_of(12);
  for (int i = 0; i < 64; ++i) slot.pad();
  EXPECT_EQ(slot.sequence_of(11), -1) << "SRTP remembers no more";
  EXPECT_EQ(slot.sequence_of(13), 3 + 64);
}

TEST(InsertedNumbers, CountsThoseBehindAPacketAndLater) {
  InsertedNumbers inserted;
  EXPECT_EQ(inserted.since(5), 0);
  inserted.add(0xffff);
  inserted.add(0xffff);
  inserted.add(2);
  EXPECT_EQ(inserted.since(0xfffe), 3);
  EXPECT_EQ(inserted.since(0xffff), 3);
  EXPECT_EQ(inserted.since(0), 1);
  EXPECT_EQ(inserted.since(2), 1);
  EXPECT_EQ(inserted.since(3), 0);
  inserted.add(66);
  EXPECT_EQ(inserted.since(2), 2);
  inserted.advance(66 + 64);
  EXPECT_EQ(inserted.since(66), 1);
  inserted.advance(66 + 65);
  EXPECT_EQ(inserted.since(66), 0) << "nothing that old may still come";
}

}  // namespace
}  // namespace veche::rtp
