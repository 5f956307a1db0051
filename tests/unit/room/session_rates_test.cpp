// SPDX-License-Identifier: Apache-2.0
// Rates and losses from counters that only grow.
#include "room/session_rates.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"

namespace veche::room {
namespace {

media::SessionStatistics statistics(uint64_t packets, uint64_t bytes, int64_t lost) {
  media::SessionStatistics all;
  all.packets_received = all.packets_sent = packets;
  all.bytes_received = all.bytes_sent = bytes;
  all.slot_bytes_sent = {bytes, 0};
  all.lost_in = all.lost_out = lost;
  all.expected_in = all.expected_out = static_cast<int64_t>(packets);
  all.slots = {{.lost = lost, .expected = static_cast<int64_t>(packets)}, {}};
  all.tracks = {{.packets = packets,
                 .bytes = bytes,
                 .lost = lost,
                 .expected = static_cast<int64_t>(packets)}};
  return all;
}

TEST(SessionRates, AverageOverAboutASecond) {
  SessionRates rates;
  int64_t now_ns = 5 * kNsPerS;
  for (uint64_t i = 0; i <= 50; ++i, now_ns += 100 * kNsPerMs) {
    rates.update(statistics(i * 5, i * 500, 0), now_ns);
  }
  // 50 packets a second, each with 44 bytes below RTP.
  EXPECT_NEAR(rates.received_bps(), 40'000 + 17'600, 1500);
  EXPECT_NEAR(rates.sent_bps(), 40'000 + 17'600, 1500);
  EXPECT_NEAR(rates.slot_bps(0), 40'000, 1000);
  EXPECT_EQ(rates.slot_bps(1), 0u);
  EXPECT_EQ(rates.slot_bps(7), 0u);
  EXPECT_NEAR(rates.track_bps(0), 40'000, 1000);
  EXPECT_NEAR(rates.track_packets_per_s(0), 50, 1);
  EXPECT_EQ(rates.track_bps(1), 0u);
  for (uint64_t i = 0; i < 50; ++i, now_ns += 100 * kNsPerMs) {
    rates.update(statistics(250, 25'000, 0), now_ns);
  }
  EXPECT_LT(rates.received_bps(), 1000u) << "nothing comes any more";
  EXPECT_LE(rates.track_packets_per_s(0), 1u);
}

TEST(SessionRates, LossIsAPartOfThePacketsThatReportsAreAbout) {
  for (const int64_t lost_percent : {0, 1, 5, 100}) {
    SessionRates rates;
    int64_t reported = 0;
    // 50 packets a second, a report every 2 s, and a look every 100 ms.
    for (int64_t tick = 0; tick < 200; ++tick) {
      if (tick % 20 == 7) reported = tick * 5;
      rates.update(statistics(static_cast<uint64_t>(reported), 0, reported * lost_percent / 100),
                   kNsPerS + tick * 100 * kNsPerMs);
      if (tick < 30) continue;
      const float expected = static_cast<float>(lost_percent) / 100;
      EXPECT_NEAR(rates.loss_in(), expected, 0.011) << tick;
      EXPECT_NEAR(rates.loss_out(), expected, 0.011) << tick;
      EXPECT_NEAR(rates.slot_loss(0), expected, 0.011) << tick;
      EXPECT_NEAR(rates.track_loss(0), expected, 0.011) << tick;
      EXPECT_EQ(rates.slot_loss(1), 0) << tick;
    }
  }
}

TEST(SessionRates, LossIsOfTheNewestReports) {
  SessionRates rates;
  const auto report = [&rates](int64_t s, uint64_t packets, int64_t lost) {
    rates.update(statistics(packets, 0, lost), s * kNsPerS);
    return rates.loss_out();
  };
  EXPECT_EQ(report(1, 1000, 900), 0) << "that was before";
  EXPECT_FLOAT_EQ(report(2, 1100, 920), 0.2f);
  EXPECT_FLOAT_EQ(report(3, 1100, 920), 0.2f) << "no report has come since";
  EXPECT_FLOAT_EQ(report(4, 1103, 921), 0.2f) << "three packets say little";
  EXPECT_FLOAT_EQ(report(8, 1110, 921), 0.1f) << "but after a while they are told";
  EXPECT_EQ(report(9, 1210, 915), 0) << "late packets came after all";
  EXPECT_EQ(report(10, 1310, 1090), 1) << "never more than all";
  EXPECT_EQ(report(30, 1310, 1090), 0) << "nothing was reported for long";
  EXPECT_EQ(report(31, 20, 10), 0) << "another session";
  EXPECT_FLOAT_EQ(report(32, 120, 20), 0.1f);
}

TEST(SessionRates, FollowsSlotsAndTracksThatAppear) {
  SessionRates rates;
  rates.update({}, kNsPerS);
  EXPECT_EQ(rates.track_bps(0), 0u);
  rates.update(statistics(5, 500, 0), kNsPerS + 100 * kNsPerMs);
  EXPECT_GT(rates.track_bps(0), 0u);
  rates.update({}, kNsPerS + 200 * kNsPerMs);
  EXPECT_EQ(rates.track_bps(0), 0u);
}

}  // namespace
}  // namespace veche::room
