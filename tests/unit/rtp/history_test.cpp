// SPDX-License-Identifier: Apache-2.0
// History: the newest packets in order, and nothing else.
#include "rtp/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace veche::rtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<uint8_t> first_bytes(const History& history) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i < history.size(); ++i) bytes.push_back(history.at(i).bytes.front());
  return bytes;
}

void push(History& history, uint8_t byte) {
  const uint8_t packet[] = {byte, 1, 2};
  history.push(packet, byte * 1000);
}

TEST(RtpHistory, KeepsTheNewestInOrder) {
  History history(3);
  EXPECT_THAT(first_bytes(history), IsEmpty());
  push(history, 1);
  EXPECT_THAT(first_bytes(history), ElementsAre(1));
  push(history, 2);
  push(history, 3);
  EXPECT_THAT(first_bytes(history), ElementsAre(1, 2, 3));
  push(history, 4);
  EXPECT_THAT(first_bytes(history), ElementsAre(2, 3, 4));
  for (uint8_t i = 5; i < 100; ++i) push(history, i);
  EXPECT_THAT(first_bytes(history), ElementsAre(97, 98, 99));
}

TEST(RtpHistory, KeepsACopyWithItsArrival) {
  History history(2);
  std::vector<uint8_t> packet{9, 8, 7, 6};
  history.push(packet, 1234);
  packet.assign(4, 0);
  EXPECT_THAT(history.at(0).bytes, ElementsAre(9, 8, 7, 6));
  EXPECT_EQ(history.at(0).arrival_ns, 1234);
}

TEST(RtpHistory, IsEmptyAfterClearAndFillsAgain) {
  History history(3);
  for (uint8_t i = 1; i <= 5; ++i) push(history, i);
  history.clear();
  EXPECT_EQ(history.size(), 0u);
  push(history, 6);
  push(history, 7);
  EXPECT_THAT(first_bytes(history), ElementsAre(6, 7));
}

TEST(RtpHistory, DoesNotKeepWhatIsTooLarge) {
  History history(2);
  push(history, 1);
  const std::vector<uint8_t> largest(kMaxPacketSize, 2);
  const std::vector<uint8_t> too_large(kMaxPacketSize + 1, 3);
  history.push(largest, 0);
  history.push(too_large, 0);
  EXPECT_THAT(first_bytes(history), ElementsAre(1, 2));
  EXPECT_EQ(history.at(1).bytes.size(), kMaxPacketSize);
}

TEST(RtpHistory, OfNoCapacityKeepsNothing) {
  History history(0);
  push(history, 1);
  EXPECT_EQ(history.size(), 0u);
}

}  // namespace
}  // namespace veche::rtp
