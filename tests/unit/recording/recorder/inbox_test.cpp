// SPDX-License-Identifier: Apache-2.0
// What the inbox takes, and what it leaves out when nobody takes from it.
#include "recording/recorder/inbox.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace veche::recording {
namespace {

TrackPacket packet_at(int64_t arrival_ns, size_t bytes) {
  TrackPacket packet{.track = 1, .packet = {}};
  packet.packet.arrival_ns = arrival_ns;
  packet.packet.payload.resize(bytes);
  return packet;
}

TEST(Inbox, KeepsTheOrder) {
  Inbox inbox(1 << 20);
  inbox.push(TrackBegins{});
  inbox.push(packet_at(1, 10));
  inbox.push(TrackEnds{});
  const Inbox::Batch batch = inbox.take(0);
  ASSERT_EQ(batch.messages.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<TrackBegins>(batch.messages[0]));
  EXPECT_TRUE(std::holds_alternative<TrackPacket>(batch.messages[1]));
  EXPECT_TRUE(std::holds_alternative<TrackEnds>(batch.messages[2]));
  EXPECT_FALSE(batch.overflow);
  EXPECT_TRUE(inbox.take(0).messages.empty());
}

TEST(Inbox, LeavesOutPacketsThatDoNotFitAndRemembersWhen) {
  Inbox inbox(10'000);
  EXPECT_TRUE(inbox.push(packet_at(1, 8'000)));
  EXPECT_FALSE(inbox.push(packet_at(2, 8'000)));
  EXPECT_FALSE(inbox.push(packet_at(5, 8'000)));
  inbox.push(StopRequested{"request"});
  Inbox::Batch batch = inbox.take(0);
  EXPECT_EQ(batch.messages.size(), 2U) << "what is no packet is never refused";
  ASSERT_TRUE(batch.overflow);
  EXPECT_EQ(batch.overflow->start_ns, 2);
  EXPECT_EQ(batch.overflow->end_ns, 5);
  EXPECT_EQ(batch.overflow->packets, 2U);

  EXPECT_TRUE(inbox.push(packet_at(6, 8'000))) << "there is room again";
  EXPECT_FALSE(inbox.take(0).overflow);
}

TEST(Inbox, WakesItsReaderForMessagesAtOnce) {
  Inbox inbox(1 << 20);
  std::thread sender([&] { inbox.push(StopRequested{"request"}); });
  // Far longer than the test may take.
  EXPECT_EQ(inbox.take(60'000).messages.size(), 1U);
  sender.join();
}

}  // namespace
}  // namespace veche::recording
