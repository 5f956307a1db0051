// SPDX-License-Identifier: Apache-2.0
// What an estimator believes of links that are free, narrow, lossy, shared or silent.
#include "rtp/bwe/estimator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <new>
#include <random>

#include "../../allocations.hpp"
#include "units.hpp"
#include "virtual_link.hpp"

namespace veche::rtp {
namespace {

using test::VirtualLink;

/// Loses this many of a thousand packets, at random.
auto thousandths(uint32_t part, uint32_t seed = 1) {
  return [part, random = std::mt19937(seed)](int64_t) mutable { return random() % 1000 < part; };
}

TEST(Estimator, KnowsNothingAtFirst) {
  const Estimator estimator;
  EXPECT_EQ(estimator.state(), LinkState{});
  EXPECT_EQ(estimator.state().capacity_bps, 0u);
}

TEST(Estimator, ProvesWhatALinkCarries) {
  VirtualLink link;
  link.voices = 3;
  link.run(3000);
  EXPECT_EQ(link.state().source, LinkSource::Feedback);
  EXPECT_EQ(link.state().region, LinkRegion::Clear);
  EXPECT_FALSE(link.state().is_limit);
  EXPECT_NEAR(link.state().capacity_bps, 3 * VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 10);
  EXPECT_NEAR(link.state().used_bps, 3 * VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 10);
}

TEST(Estimator, NoticesAFallWithinASecondAndFindsTheLimit) {
  for (const uint32_t kbps : {96, 64, 40}) {
    VirtualLink link;
    link.voices = 3;
    link.run(5000);
    link.bps = kbps * 1000;
    const int64_t took_ms = link.run_until([&] { return link.state().is_limit; }, 5000);
    EXPECT_LT(took_ms, 700) << kbps;
    EXPECT_NEAR(link.state().capacity_bps, kbps * 1000, kbps * 80) << kbps;
    EXPECT_NE(link.state().region, LinkRegion::Clear);
  }
}

TEST(Estimator, ASlightOverloadIsFoundToo) {
  VirtualLink link;
  link.voices = 2;
  link.run(5000);
  link.bps = 97'000;  // Of 108.
  const int64_t took_ms = link.run_until([&] { return link.state().is_limit; }, 10'000);
  EXPECT_LT(took_ms, 3000);
  EXPECT_NEAR(link.state().capacity_bps, 97'000, 5000);
}

TEST(Estimator, RandomLossOnAFreeLinkIsNoCongestion) {
  for (const uint32_t part : {20, 100, 200}) {
    VirtualLink link;
    link.voices = 3;
    link.run(10'000);
    link.loses = thousandths(part);
    for (int i = 0; i < 600; ++i) {
      link.run(100);
      ASSERT_FALSE(link.state().is_limit) << part << " at " << i;
      ASSERT_EQ(link.state().region, LinkRegion::Clear) << part << " at " << i;
    }
    EXPECT_NEAR(link.state().loss, LinkState::kOne * part / 1000, LinkState::kOne / 20);
    EXPECT_GT(link.state().loss_floor, LinkState::kOne * part / 1000 / 3);
    EXPECT_NEAR(link.state().capacity_bps, 3 * VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 3);
  }
}

TEST(Estimator, LossThatWasThereBeforeMoreWasSentIsNoPolicer) {
  for (const uint32_t part : {100, 150, 200}) {
    for (const uint32_t seed : {1, 2, 3, 4, 5}) {
      VirtualLink link;
      link.run(15'000);
      link.loses = thousandths(part, seed);
      link.run(600);
      link.voices = 2;  // As redundancy does: one repeated packet,
      link.run(800);
      link.voices = 3;  // and two.
      for (int i = 0; i < 100; ++i) {
        link.run(100);
        ASSERT_FALSE(link.state().is_limit) << part << ", seed " << seed << " at " << i;
      }
      EXPECT_EQ(link.state().region, LinkRegion::Clear);
    }
  }
}

TEST(Estimator, LossThatStaysThoughLessIsSentIsTheFloor) {
  for (const uint32_t part : {350, 400, 500}) {
    VirtualLink link;
    link.voices = 3;
    link.run(5000);
    link.loses = thousandths(part);
    link.run_until([&] { return link.state().is_limit; }, 5000);
    EXPECT_TRUE(link.state().is_limit) << part;  // It might be a policer,
    link.voices = 1;
    link.run(15'000);  // but it is not.
    EXPECT_EQ(link.state().region, LinkRegion::Clear) << part;
    EXPECT_GT(link.state().loss_floor, LinkState::kOne * part / 1000 * 2 / 3) << part;
    EXPECT_GT(link.state().capacity_bps, VirtualLink::kVoiceBps * 7 / 10) << part;
  }
}

TEST(Estimator, APolicerThatIsStillExceededStaysALimit) {
  VirtualLink link;
  link.voices = 3;
  link.run(10'000);
  link.loses = [](int64_t index) { return index % 6 != 0; };  // 27 kbit/s of 162,
  link.run_until([&] { return link.state().is_limit; }, 5000);
  link.voices = 1;
  link.loses = [](int64_t index) { return index % 2 != 0; };  // and of 54.
  for (int i = 0; i < 200; ++i) {
    link.run(100);
    ASSERT_TRUE(link.state().is_limit) << i;
  }
  EXPECT_NEAR(link.state().capacity_bps, 27'000, 5000);
  EXPECT_EQ(link.state().loss_floor, 0u);
}

TEST(Estimator, APolicerIsALimitWithoutAQueue) {
  VirtualLink link;
  link.voices = 3;
  link.run(10'000);
  int64_t tokens = 3000, last_us = link.now_us;  // 96 kbit/s.
  link.loses = [&](int64_t) {
    tokens = std::min<int64_t>(3000, tokens + (link.now_us - last_us) * 12 / 1000);
    last_us = link.now_us;
    if (tokens < VirtualLink::kVoiceBytes) return true;
    tokens -= VirtualLink::kVoiceBytes;
    return false;
  };
  const int64_t took_ms = link.run_until([&] { return link.state().is_limit; }, 10'000);
  EXPECT_LT(took_ms, 3000);
  EXPECT_NEAR(link.state().capacity_bps, 96'000, 10'000);
  EXPECT_EQ(link.state().queue_us, 0u);
  EXPECT_EQ(link.state().region, LinkRegion::Congested);
  link.voices = 1;
  link.run(3000);
  EXPECT_EQ(link.state().region, LinkRegion::Clear);
  EXPECT_NEAR(link.state().capacity_bps, 96'000, 10'000);
}

/// Milliseconds until a way that is longer from now on is no queue any more; 20 s at most.
int64_t acceptance_ms(VirtualLink& link, int64_t longer_us) {
  link.way_us += longer_us;
  EXPECT_LT(link.run_until([&] { return link.state().region != LinkRegion::Clear; }, 2000), 2000);
  return link.run_until([&] { return link.state().region == LinkRegion::Clear; }, 20'000);
}

TEST(Estimator, AWayThatBecomesLongerIsNoQueueForLong) {
  for (const uint32_t voices : {1, 3}) {
    for (const int64_t longer_us : {60'000, 200'000}) {
      for (const uint32_t lost : {0, 50, 100}) {  // Of a thousand, before as well.
        for (const uint32_t jitter_us : {1, 10'000}) {
          VirtualLink link;
          link.voices = voices;
          link.loses = thousandths(lost);
          link.holds_us = [jitter_us, random = std::mt19937(9)](int64_t) mutable {
            return random() % jitter_us;
          };
          link.run(15'000);
          EXPECT_LT(acceptance_ms(link, longer_us), lost == 0 ? 2300 : 5000)
              << voices << " voices, " << longer_us << " us, " << lost << ", " << jitter_us;
          EXPECT_FALSE(link.state().is_limit);
          link.run(20'000);
          EXPECT_EQ(link.state().region, LinkRegion::Clear);
        }
      }
    }
  }
}

TEST(Estimator, AWayThatBecomesLongerAndLosesTooIsNoQueue) {
  for (const uint32_t voices : {1, 3}) {
    VirtualLink link;
    link.voices = voices;
    link.run(15'000);
    link.loses = thousandths(100);
    EXPECT_LT(acceptance_ms(link, 60'000), 3000) << voices;
    EXPECT_NEAR(link.state().capacity_bps, voices * VirtualLink::kVoiceBps,
                voices * VirtualLink::kVoiceBps / 5);
  }
}

TEST(Estimator, WhereALongerWayWaversItIsFoundByTheLossThatStaysThoughLessIsSent) {
  VirtualLink link;
  link.voices = 3;
  link.holds_us = [random = std::mt19937(9)](int64_t) mutable { return random() % 10'000; };
  link.run(15'000);
  link.loses = thousandths(200);
  link.way_us += 60'000;
  link.run(5000);
  EXPECT_EQ(link.state().region, LinkRegion::Congested);  // It looks like a full queue,
  link.voices = 1;
  EXPECT_LT(link.run_until([&] { return link.state().region == LinkRegion::Clear; }, 20'000), 8000);
}

TEST(Estimator, AFullQueueIsNotTakenForALongerWay) {
  for (const uint32_t voices : {1, 3}) {
    for (const int64_t percent : {50, 80, 90, 97}) {
      for (const int64_t room_ms : {100, 500}) {
        VirtualLink link;
        link.voices = voices;
        link.run(15'000);
        link.room_ms = room_ms;
        link.bps = voices * VirtualLink::kVoiceBps * percent / 100;
        link.run_until([&] { return link.state().region == LinkRegion::Congested; }, 10'000);
        for (int i = 0; i < 250; ++i) {
          link.run(100);
          ASSERT_NE(link.state().region, LinkRegion::Clear)
              << voices << " voices, " << percent << " %, room of " << room_ms << ", at " << i;
        }
      }
    }
  }
}

TEST(Estimator, BurstsOfLossAreCountedAndAreNoLimit) {
  VirtualLink link;
  link.voices = 3;
  link.loses = [](int64_t index) { return index % 215 >= 200; };  // 100 ms of 1.4 s.
  for (int i = 0; i < 300; ++i) {
    link.run(100);
    ASSERT_FALSE(link.state().is_limit) << i;
  }
  EXPECT_EQ(link.state().burst, 15u * 16);
}

TEST(Estimator, AQueueOfOthersDoesNotTakeItDown) {
  VirtualLink link;
  link.voices = 2;
  link.run(5000);
  // Somebody fills the queue by and by, and empties it, as TCP does: 250 ms in five seconds.
  link.holds_us = [&](int64_t) { return link.now_us % (5 * kUsPerS) / 20; };
  uint32_t lowest_bps = link.state().capacity_bps;
  for (int i = 0; i < 600; ++i) {
    link.run(100);
    lowest_bps = std::min(lowest_bps, link.state().capacity_bps);
  }
  EXPECT_GT(lowest_bps, 2 * VirtualLink::kVoiceBps * 85 / 100);
}

TEST(Estimator, ARadioThatHoldsPacketsBackIsNoLimit) {
  VirtualLink link;
  link.voices = 3;
  // Everything that would arrive in the first 150 ms of 250 arrives at their end.
  link.holds_us = [&](int64_t) {
    const int64_t phase_us = (link.now_us + 40'000) % 250'000;
    return phase_us < 150'000 ? 150'000 - phase_us : 0;
  };
  for (int i = 0; i < 300; ++i) {
    link.run(100);
    ASSERT_FALSE(link.state().is_limit) << i;
    ASSERT_EQ(link.state().region, LinkRegion::Clear) << i;
  }
  EXPECT_NEAR(link.state().capacity_bps, 3 * VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 4);
}

TEST(Estimator, LostFeedbackIsNeitherLossNorALimit) {
  VirtualLink link;
  link.voices = 3;
  link.loses_feedback = thousandths(300);
  for (int i = 0; i < 300; ++i) {
    link.run(100);
    ASSERT_EQ(link.state().loss, 0u);
    ASSERT_FALSE(link.state().is_limit);
  }
  EXPECT_NEAR(link.state().capacity_bps, 3 * VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 10);
}

TEST(Estimator, ALimitExpiresAfterAMinute) {
  VirtualLink link;
  link.voices = 3;
  link.bps = 96'000;
  link.run(3000);
  ASSERT_TRUE(link.state().is_limit);
  link.voices = 1;
  link.run(59'000);
  EXPECT_NEAR(link.state().capacity_bps, 96'000, 8000);
  link.run(10'000);
  EXPECT_FALSE(link.state().is_limit);
  EXPECT_NEAR(link.state().capacity_bps, VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 10);
}

/// A link with everything: falls, loss, reordering, silence, probes, lost feedback.
std::vector<LinkState> eventful(VirtualLink& link) {
  link.prober.wish(500'000);
  link.loses = thousandths(50, 5);
  link.loses_feedback = thousandths(100, 6);
  link.holds_us = [random = std::mt19937(7)](int64_t) mutable { return random() % 30'000; };
  for (int i = 0; i < 40; ++i) {
    link.bps = 60'000 + i * 7919 % 10 * 100'000;
    link.voices = static_cast<uint32_t>(i * 31 % 5);
    link.run(3000);
  }
  return link.states;
}

TEST(Estimator, AReplayIsEqualBitForBit) {
  // Memory that was something else before shows members that were not set.
  struct alignas(VirtualLink) Memory {
    std::array<std::byte, sizeof(VirtualLink)> bytes;
  };
  std::vector<std::vector<LinkState>> runs;
  for (const int fill : {0x00, 0xa5, 0xff}) {
    const auto memory = std::make_unique<Memory>();
    memory->bytes.fill(static_cast<std::byte>(fill));
    auto* link = new (memory.get()) VirtualLink(50000);
    runs.push_back(eventful(*link));
    link->~VirtualLink();
  }
  EXPECT_EQ(runs[0].size(), 1200u);
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
}

TEST(Estimator, AllocatesNothing) {
  Estimator estimator;
  Prober prober;
  prober.wish(500'000);
  std::array<PacketResult, 8> results{};
  const int before = veche::test::allocations();
  for (int64_t us = kUsPerS; us < 20 * kUsPerS; us += 100'000) {
    for (size_t i = 0; i < results.size(); ++i) {
      const int64_t sent_us = us - 100'000 + static_cast<int64_t>(i) * 12'000;
      results[i] = {.sent_us = sent_us, .arrival_us = sent_us + us / 100, .size = 135};
      results[i].fate = i == 5 ? PacketFate::Lost : PacketFate::Received;
      estimator.on_sent(135, sent_us);
    }
    estimator.on_feedback(results, us);
    estimator.on_report({.expected = 5, .round_trip_us = 80'000}, us);
    while (prober.poll(us, estimator.state())) {
    }
    prober.on_feedback(results, estimator.state(), us);
  }
  EXPECT_EQ(veche::test::allocations(), before);
  static_assert(sizeof(Estimator) + sizeof(Prober) < 2500, "a session has one of each");
}

}  // namespace
}  // namespace veche::rtp
