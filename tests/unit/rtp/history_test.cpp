// SPDX-License-Identifier: Apache-2.0
// History: only the newest packets, in order.
#include "rtp/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "packet_builder.hpp"

namespace veche::rtp {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

std::vector<int> sequences(const History& history) {
  std::vector<int> numbers;
  for (size_t i = 0; i < history.size(); ++i) {
    numbers.push_back(history.at(i).packet.sequence());
  }
  return numbers;
}

void push(History& history, uint16_t sequence) {
  const test::Bytes bytes = test::build({.sequence = sequence});
  history.push(*PacketView::parse(bytes), sequence * 1000);
}

/// A packet of this many bytes.
test::Bytes packet_of(size_t size) {
  test::Bytes bytes = test::build({.sequence = 2});
  bytes.resize(size);
  return bytes;
}

TEST(RtpHistory, KeepsTheNewestInOrder) {
  History history(3);
  EXPECT_THAT(sequences(history), IsEmpty());
  push(history, 1);
  EXPECT_THAT(sequences(history), ElementsAre(1));
  push(history, 2);
  push(history, 3);
  EXPECT_THAT(sequences(history), ElementsAre(1, 2, 3));
  push(history, 4);
  EXPECT_THAT(sequences(history), ElementsAre(2, 3, 4));
  for (uint16_t i = 5; i < 100; ++i) push(history, i);
  EXPECT_THAT(sequences(history), ElementsAre(97, 98, 99));
}

TEST(RtpHistory, KeepsACopyWithItsArrivalAndItsParts) {
  History history(2);
  test::Bytes bytes = test::build(
      {.sequence = 9, .extension_profile = 0xBEDE, .extensions = {0x10, 0x20, 0x40, '0'}});
  const test::Bytes original = bytes;
  history.push(*PacketView::parse(bytes), 1234);
  std::fill(bytes.begin(), bytes.end(), uint8_t{0});
  const PacketView& kept = history.at(0).packet;
  EXPECT_THAT(kept.bytes(), ElementsAreArray(original));
  EXPECT_EQ(kept.sequence(), 9);
  EXPECT_EQ(kept.mid(4), "0");
  EXPECT_THAT(kept.payload(), ElementsAre(0xaa, 0xbb, 0xcc));
  EXPECT_EQ(history.at(0).arrival_ns, 1234);
}

TEST(RtpHistory, IsEmptyAfterClearAndFillsAgain) {
  History history(3);
  for (uint16_t i = 1; i <= 5; ++i) push(history, i);
  history.clear();
  EXPECT_EQ(history.size(), 0u);
  push(history, 6);
  push(history, 7);
  EXPECT_THAT(sequences(history), ElementsAre(6, 7));
}

TEST(RtpHistory, DoesNotKeepWhatIsTooLarge) {
  History history(2);
  push(history, 1);
  const test::Bytes largest = packet_of(kMaxPacketSize);
  const test::Bytes too_large = packet_of(kMaxPacketSize + 1);
  history.push(*PacketView::parse(largest), 0);
  history.push(*PacketView::parse(too_large), 0);
  EXPECT_THAT(sequences(history), ElementsAre(1, 2));
  EXPECT_EQ(history.at(1).packet.bytes().size(), kMaxPacketSize);
}

TEST(RtpHistory, FindsTheNewestPacketOfANumber) {
  History history(3);
  EXPECT_EQ(history.find(1), nullptr);
  for (const uint16_t i : std::vector<uint16_t>{1, 2, 1, 3}) push(history, i);
  EXPECT_EQ(history.find(1), &history.at(1));
  EXPECT_EQ(history.find(3)->packet.sequence(), 3);
  EXPECT_EQ(history.find(4), nullptr);
  history.clear();
  EXPECT_EQ(history.find(3), nullptr);
}

TEST(RtpHistory, OfNoCapacityKeepsNothing) {
  History history(0);
  push(history, 1);
  EXPECT_EQ(history.size(), 0u);
}

}  // namespace
}  // namespace veche::rtp
