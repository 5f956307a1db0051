// SPDX-License-Identifier: Apache-2.0
// Probes: when they are sent, how they are paced, and what they prove.
#include "rtp/bwe/prober.hpp"

#include <gtest/gtest.h>

#include "virtual_link.hpp"

namespace veche::rtp {
namespace {

using test::VirtualLink;

/// A free link that carries one voice, and feedback about it.
constexpr LinkState kFree{.source = LinkSource::Feedback,
                          .region = LinkRegion::Clear,
                          .capacity_bps = 54'000,
                          .used_bps = 54'000};
constexpr int64_t kNowUs = 10'000'000;

bool probes(const LinkState& state, uint32_t wish_bps) {
  Prober prober;
  prober.wish(wish_bps);
  return prober.poll(kNowUs, state).has_value();
}

TEST(Prober, SendsNothingUnlessSomebodyWantsMoreThanIsProven) {
  EXPECT_FALSE(probes(kFree, 0));
  EXPECT_FALSE(probes(kFree, 54'000));
  EXPECT_TRUE(probes(kFree, 108'000));
}

TEST(Prober, SendsNothingWhileAQueueStandsOrNothingAnswers) {
  LinkState state = kFree;
  state.region = LinkRegion::Queueing;
  EXPECT_FALSE(probes(state, 108'000));
  state.region = LinkRegion::Congested;
  EXPECT_FALSE(probes(state, 108'000));
  state = kFree;
  state.queue_us = 15'000;
  EXPECT_FALSE(probes(state, 108'000));
  state = kFree;
  state.source = LinkSource::Reports;
  EXPECT_FALSE(probes(state, 108'000));
  state.source = LinkSource::Unknown;
  EXPECT_FALSE(probes(state, 108'000));
}

TEST(Prober, PacesAClusterAtWhatMediaLeavesOfTheWish) {
  Prober prober;
  prober.wish(200'000);
  int64_t bytes = 0, last_us = 0;
  uint32_t packets = 0;
  for (int64_t us = kNowUs; us < kNowUs + 400'000; us += 1000) {
    while (const auto probe = prober.poll(us, kFree)) {
      EXPECT_EQ(probe->cluster, 1);
      EXPECT_GE(probe->size, Prober::kMinSize);
      EXPECT_LE(probe->size, Prober::kMaxSize);
      bytes += probe->size;
      ++packets;
      last_us = us;
    }
  }
  EXPECT_GE(packets, 5u);
  EXPECT_LE(last_us - kNowUs, 60'000);
  const int64_t bps = bytes * 8'000'000 / (last_us - kNowUs + 10'000);
  EXPECT_NEAR(bps, 225'000 - 54'000, 40'000);  // An eighth above the wish, without the media.
}

TEST(Prober, ALateCallSendsNoMoreThanWasMissedInAFewMilliseconds) {
  Prober prober;
  prober.wish(1'000'000);
  EXPECT_TRUE(prober.poll(kNowUs, kFree));
  int count = 0;
  while (prober.poll(kNowUs + 5'000'000, kFree)) ++count;
  EXPECT_LE(count, 15);
}

TEST(Prober, AnythingMayBeWishedFor) {
  Prober prober;
  prober.wish(0xffffffff);
  for (int64_t us = kNowUs; us < kNowUs + 100'000; us += 5000) {
    int count = 0;
    while (const auto probe = prober.poll(us, kFree)) {
      EXPECT_LE(probe->size, Prober::kMaxSize);
      ASSERT_LT(++count, 100);
    }
  }
}

TEST(Prober, FindsTheWishOnAFreeLinkWithinASecond) {
  VirtualLink link;
  link.run(2000);
  link.prober.wish(3 * VirtualLink::kVoiceBps);
  const int64_t took_ms =
      link.run_until([&] { return link.state().capacity_bps >= 3 * VirtualLink::kVoiceBps; }, 5000);
  EXPECT_LT(took_ms, 1200);
  const uint64_t probes = link.probes;
  link.run(20'000);  // The wish is proven: nothing more is sent.
  EXPECT_EQ(link.probes, probes);
}

TEST(Prober, ProbesBesideALossyLinksFloor) {
  VirtualLink link;
  link.loses = [](int64_t index) { return index * 7919 % 10 == 0; };
  link.run(20'000);
  link.prober.wish(3 * VirtualLink::kVoiceBps);
  const int64_t took_ms = link.run_until(
      [&] { return link.state().capacity_bps >= 3 * VirtualLink::kVoiceBps; }, 20'000);
  EXPECT_LT(took_ms, 10'000);
}

TEST(Prober, ProvesNoMoreThanTheLinkCarriesAndLeavesNoLongQueue) {
  for (const uint32_t kbps : {64, 100, 140}) {
    VirtualLink link;
    link.bps = kbps * 1000;
    link.run(2000);
    link.prober.wish(3 * VirtualLink::kVoiceBps);
    uint32_t longest_us = 0;
    for (int i = 0; i < 600; ++i) {
      link.run(100);
      longest_us = std::max(longest_us, link.state().queue_us);
      ASSERT_LE(link.state().capacity_bps, kbps * 1060) << i;
    }
    EXPECT_LT(longest_us, 150'000u) << kbps;
  }
}

TEST(Prober, AFailedProbeIsRepeatedLaterAndLater) {
  VirtualLink link;
  link.bps = 64'000;
  link.run(2000);
  link.prober.wish(3 * VirtualLink::kVoiceBps);
  link.run(20'000);
  const uint64_t before = link.probes;
  link.run(40'000);
  EXPECT_GT(link.probes, before);
  EXPECT_LE(link.probes - before, 11u * 8);  // Every 4 s, a cluster.
}

TEST(Prober, FindsARiseWithinTheLongestPause) {
  VirtualLink link;
  link.bps = 64'000;
  link.run(2000);
  link.prober.wish(3 * VirtualLink::kVoiceBps);
  link.run(30'000);
  link.bps = 10'000'000;
  const int64_t took_ms = link.run_until(
      [&] { return link.state().capacity_bps >= 3 * VirtualLink::kVoiceBps; }, 20'000);
  EXPECT_LT(took_ms, 5500);
}

TEST(Prober, LostFeedbackFailsNothing) {
  VirtualLink link;
  link.run(2000);
  link.loses_feedback = [](int64_t number) { return number % 3 == 0; };
  link.prober.wish(3 * VirtualLink::kVoiceBps);
  const int64_t took_ms = link.run_until(
      [&] { return link.state().capacity_bps >= 3 * VirtualLink::kVoiceBps; }, 30'000);
  EXPECT_LT(took_ms, 15'000);
  EXPECT_FALSE(link.state().is_limit);
}

TEST(Prober, AWithdrawnWishEndsAProbe) {
  Prober prober;
  prober.wish(200'000);
  EXPECT_TRUE(prober.poll(kNowUs, kFree));
  prober.wish(0);
  EXPECT_FALSE(prober.poll(kNowUs + 20'000, kFree));
}

}  // namespace
}  // namespace veche::rtp
