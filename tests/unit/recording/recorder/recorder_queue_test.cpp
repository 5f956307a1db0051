// SPDX-License-Identifier: Apache-2.0
// What the queue accepts, and what it drops when it is not emptied.
#include "recording/recorder/recorder_queue.hpp"

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

TEST(RecorderQueue, KeepsTheOrder) {
  RecorderQueue queue(1 << 20);
  queue.push(TrackBegins{});
  queue.push(packet_at(1, 10));
  queue.push(TrackEnds{});
  const RecorderQueue::Batch batch = queue.take(0);
  ASSERT_EQ(batch.items.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<TrackBegins>(batch.items[0]));
  EXPECT_TRUE(std::holds_alternative<TrackPacket>(batch.items[1]));
  EXPECT_TRUE(std::holds_alternative<TrackEnds>(batch.items[2]));
  EXPECT_FALSE(batch.overflow);
  EXPECT_TRUE(queue.take(0).items.empty());
}

TEST(RecorderQueue, LeavesOutPacketsThatDoNotFitAndRemembersWhen) {
  RecorderQueue queue(10'000);
  EXPECT_TRUE(queue.push(packet_at(1, 8'000)));
  EXPECT_FALSE(queue.push(packet_at(2, 8'000)));
  EXPECT_FALSE(queue.push(packet_at(5, 8'000)));
  queue.push(StopRequested{"request"});
  RecorderQueue::Batch batch = queue.take(0);
  EXPECT_EQ(batch.items.size(), 2U) << "what is no packet is never refused";
  ASSERT_TRUE(batch.overflow);
  EXPECT_EQ(batch.overflow->start_ns, 2);
  EXPECT_EQ(batch.overflow->end_ns, 5);
  EXPECT_EQ(batch.overflow->packets, 2U);

  EXPECT_TRUE(queue.push(packet_at(6, 8'000))) << "there is room again";
  EXPECT_FALSE(queue.take(0).overflow);
}

TEST(RecorderQueue, WakesItsReaderForAllButPackets) {
  RecorderQueue queue(1 << 20);
  std::thread sender([&] { queue.push(StopRequested{"request"}); });
  // Far longer than the test may take.
  EXPECT_EQ(queue.take(60'000).items.size(), 1U);
  sender.join();
}

}  // namespace
}  // namespace veche::recording
