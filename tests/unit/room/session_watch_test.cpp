// SPDX-License-Identifier: Apache-2.0
// Which statistics of a session enter the trace, and when.
#include "room/session_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche::room {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kOffered = 100 * kNsPerS;

class RoomSessionWatch : public testing::Test {
 protected:
  /// "type data @ms since the offer" of each entry found.
  std::vector<std::string> look(int64_t since_offer_ms) {
    std::vector<std::string> lines;
    for (const auto& found : watch.look(statistics, kOffered + since_offer_ms * kNsPerMs)) {
      lines.push_back(std::string(found.type) + " " + found.data + " @" +
                      std::to_string((found.at_ns - kOffered) / kNsPerMs));
    }
    return lines;
  }
  media::SessionStatistics statistics;
  SessionWatch watch{kOffered};
};

TEST_F(RoomSessionWatch, FindsEachMilestoneOnceAndWhenItWasReached) {
  EXPECT_THAT(look(10), IsEmpty());
  statistics.negotiation_ms = 20;
  statistics.ice_ms = 30;
  statistics.connect_ms = 80;
  EXPECT_THAT(look(1000), ElementsAre("ice.connected {} @50"));
  statistics.first_packet_in_ms = 5;
  statistics.first_packet_out_ms = 700;
  statistics.client_address = "192.0.2.7:4000";
  EXPECT_THAT(look(2000), ElementsAre("first_packet.in {} @105", "first_packet.out {} @800",
                                      R"(client.address {"address":"192.0.2.7:4000"} @2000)"));
  EXPECT_THAT(look(3000), IsEmpty());
  statistics.client_address = "192.0.2.8:4000";
  EXPECT_THAT(look(4000), ElementsAre(R"(client.address {"address":"192.0.2.8:4000"} @4000)"));
}

TEST_F(RoomSessionWatch, TellsLossOfAnInterval) {
  statistics.expected_in = 100;
  statistics.lost_in = 5;
  statistics.expected_out = 1000;
  statistics.lost_out = 49;
  EXPECT_THAT(look(4999), IsEmpty());
  EXPECT_THAT(look(5000),
              ElementsAre(R"(loss {"direction":"received","lost":5,"ratio":0.05} @5000)"));
  statistics.packets_sent += 10'000;  // Which the client has not reported yet.
  statistics.expected_out += 100;
  statistics.lost_out += 25;
  EXPECT_THAT(look(10000),
              ElementsAre(R"(loss {"direction":"sent","lost":25,"ratio":0.25} @10000)"));
  EXPECT_THAT(look(15000), IsEmpty());
}

TEST_F(RoomSessionWatch, IsSilentAboutAFewPacketsAndAboutDuplicates) {
  statistics.expected_in = 10;
  statistics.lost_in = 4;
  statistics.expected_out = 10;
  statistics.lost_out = -8;
  EXPECT_THAT(look(5000), IsEmpty());
}

TEST_F(RoomSessionWatch, TellsWhatWasRefusedAndCouldNotBeSent) {
  statistics.packets_dropped = 3;
  EXPECT_THAT(look(5000), ElementsAre(R"(dropped {"packets_refused":3,"send_failures":0} @5000)"));
  statistics.send_failures = 2;
  EXPECT_THAT(look(10000),
              ElementsAre(R"(dropped {"packets_refused":0,"send_failures":2} @10000)"));
}

TEST_F(RoomSessionWatch, TellsOfALimitedTrackAtOnceAndThenOnceAMinute) {
  const auto limited = [this](int64_t at_s, std::vector<uint64_t> packets) {
    statistics.track_packets_limited = std::move(packets);
    std::vector<std::pair<size_t, uint64_t>> found;
    for (const auto& track : watch.look_for_limited(statistics, kOffered + at_s * kNsPerS)) {
      found.emplace_back(track.index, track.packets);
    }
    return found;
  };
  using Track = std::pair<size_t, uint64_t>;
  EXPECT_THAT(limited(1, {0, 0}), IsEmpty());
  EXPECT_THAT(limited(2, {0, 5}), ElementsAre(Track{1, 5}));
  for (int s = 3; s < 62; ++s) {
    EXPECT_THAT(limited(s, {0, 5u + static_cast<uint64_t>(s)}), IsEmpty()) << s;
  }
  EXPECT_THAT(limited(62, {3, 100}), ElementsAre(Track{0, 3}, Track{1, 95}));
  EXPECT_THAT(limited(200, {3, 100}), IsEmpty()) << "it has stopped";
}

TEST_F(RoomSessionWatch, WantsStatisticsOnceASecond) {
  EXPECT_TRUE(watch.is_due(kOffered));
  EXPECT_FALSE(watch.is_due(kOffered + kNsPerS - 1));
  EXPECT_TRUE(watch.is_due(kOffered + kNsPerS));
}

}  // namespace
}  // namespace veche::room
