// SPDX-License-Identifier: Apache-2.0
// Faults that other servers' estimates had, as their trackers tell them; each would fail here.
#include <gtest/gtest.h>

#include "rtp/bwe/estimator.hpp"
#include "virtual_link.hpp"

namespace veche::rtp {
namespace {

using test::VirtualLink;

TEST(LinkFaults, WhereNothingFitsAndNothingIsSentItRecovers) {  // mediasoup 316, 1031
  VirtualLink link;
  link.run(3000);
  link.bps = 20'000;
  link.run(3000);
  ASSERT_TRUE(link.state().is_limit);
  ASSERT_LT(link.state().capacity_bps, VirtualLink::kVoiceBps);
  link.voices = 0;  // Not even one voice fits.
  link.prober.wish(VirtualLink::kVoiceBps);
  link.run(20'000);
  ASSERT_LT(link.state().capacity_bps, VirtualLink::kVoiceBps);
  link.bps = 10'000'000;
  const int64_t took_ms =
      link.run_until([&] { return link.state().capacity_bps >= VirtualLink::kVoiceBps; }, 30'000);
  EXPECT_LT(took_ms, 6000);
}

TEST(LinkFaults, APublishersLossIsNoFaultOfItsListenersLinks) {  // mediasoup 962
  VirtualLink link;
  link.has_feedback = false;
  link.voices = 3;
  for (int s = 0; s < 60; ++s) {
    link.run(1000);
    // A third of one voice of three got lost before it came to the server.
    link.estimator.on_report({.expected = 150, .lost = 17, .absent = 17, .round_trip_us = 80'000},
                             link.now_us);
    ASSERT_EQ(link.state().loss, 0u);
    ASSERT_FALSE(link.state().is_limit);
  }
  EXPECT_NEAR(link.state().capacity_bps, 3 * VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 10);
}

TEST(LinkFaults, AnEstimateThatIsLimitedByTheApplicationDoesNotGrow) {  // pion/interceptor 299
  VirtualLink link;
  link.bps = 1'000'000'000;
  for (int i = 0; i < 6000; ++i) {
    link.run(100);
    ASSERT_LE(link.state().capacity_bps, VirtualLink::kVoiceBps * 21 / 20) << i;
  }
}

TEST(LinkFaults, ItIsNotStuckAfterABurstOfLoss) {  // str0m 582
  VirtualLink link;
  link.voices = 3;
  link.run(10'000);
  link.loses = [](int64_t index) { return index % 5 != 0; };
  link.run(3000);
  EXPECT_EQ(link.state().region, LinkRegion::Congested);
  EXPECT_LT(link.state().capacity_bps, VirtualLink::kVoiceBps);
  link.loses = nullptr;
  link.voices = 1;
  link.prober.wish(3 * VirtualLink::kVoiceBps);
  const int64_t took_ms = link.run_until(
      [&] {
        return link.state().capacity_bps >= 3 * VirtualLink::kVoiceBps &&
               link.state().region == LinkRegion::Clear;
      },
      30'000);
  EXPECT_LT(took_ms, 10'000);
  link.run(10'000);
  EXPECT_EQ(link.state().loss_floor, 0u);
}

TEST(LinkFaults, AnOldEstimateDoesNotOutliveIdleness) {  // jitsi-media-transform 353
  VirtualLink link;
  link.voices = 2;
  link.bps = 50'000;  // The first few packets found a bad moment,
  link.run(2000);
  ASSERT_TRUE(link.state().is_limit);
  link.voices = 0;  // then media went another way.
  link.run(120'000);
  EXPECT_EQ(link.state().capacity_bps, 0u);  // Unknown, not low.
  EXPECT_FALSE(link.state().is_limit);
  EXPECT_EQ(link.state().region, LinkRegion::Clear);
  EXPECT_EQ(link.state().queue_us, 0u);
  link.bps = 10'000'000;
  link.voices = 2;
  link.run(3000);
  EXPECT_NEAR(link.state().capacity_bps, 2 * VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 10);
}

TEST(LinkFaults, ReorderingIsNoLoss) {  // mediasoup 1059
  VirtualLink link;
  link.voices = 16;
  link.holds_us = [](int64_t index) { return index * 7919 % 11 * 4000; };  // Up to 40 ms.
  for (int i = 0; i < 300; ++i) {
    link.run(100);
    ASSERT_EQ(link.state().loss, 0u) << i;
    ASSERT_FALSE(link.state().is_limit) << i;
  }
  EXPECT_NEAR(link.state().capacity_bps, 16 * VirtualLink::kVoiceBps, 2 * VirtualLink::kVoiceBps);
}

TEST(LinkFaults, WithoutFeedbackForAudioReportsAreUsedAndNothingIsProbed) {  // janus 3673
  VirtualLink link;
  link.has_feedback = false;
  link.prober.wish(10 * VirtualLink::kVoiceBps);
  for (int s = 0; s < 30; ++s) {
    link.run(1000);
    link.estimator.on_report({.expected = 50, .lost = 5, .round_trip_us = 80'000}, link.now_us);
  }
  EXPECT_EQ(link.probes, 0u);
  EXPECT_EQ(link.state().source, LinkSource::Reports);
  EXPECT_NEAR(link.state().loss, LinkState::kOne / 10, LinkState::kOne / 100);
  EXPECT_NEAR(link.state().capacity_bps, VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 8);
  EXPECT_FALSE(link.state().is_limit);
}

TEST(LinkFaults, AFirstNumberAbove32768IsHeardOf) {  // str0m 717
  for (const uint16_t first : {32768, 50000, 65535}) {
    VirtualLink link(first);
    link.run(2000);
    EXPECT_EQ(link.state().source, LinkSource::Feedback) << first;
    EXPECT_NEAR(link.state().capacity_bps, VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 10)
        << first;
  }
}

}  // namespace
}  // namespace veche::rtp
