// SPDX-License-Identifier: Apache-2.0
// Link: numbers, feedback, probes; and what feedback cannot do.
#include "media/wire/link.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <random>

#include "../../allocations.hpp"
#include "link_fixture.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"
#include "rtp/transport_number.hpp"

namespace veche::media {
namespace {

using test::LinkTest;
using veche::test::allocations;
using Source = LinkStatistics::Source;

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

TEST_F(LinkTest, NumbersPacketsWithoutAGapAndWraps) {
  std::vector<uint8_t> bytes = packet();
  for (uint32_t i = 0; i < 70'000; ++i) {
    link->on_sent(bytes, kVoice, now_ns += kNsPerMs);
    ASSERT_EQ(rtp::transport_number(bytes, kExtension), static_cast<uint16_t>(i));
  }
}

TEST_F(LinkTest, LeavesPacketsAloneThatHaveNoRoom) {
  EXPECT_EQ(send(), 0);
  std::vector<uint8_t> other(40, 0x80);
  const std::vector<uint8_t> before = other;
  link->on_sent(other, 80, now_ns);
  EXPECT_EQ(other, before);
  EXPECT_EQ(send(), 1) << "no number is skipped";
}

TEST_F(LinkTest, KnowsNothingAtFirst) {
  EXPECT_EQ(link->statistics(), LinkStatistics{});
  run_ms(20, 1);
  EXPECT_EQ(link->statistics(), LinkStatistics{});
}

TEST_F(LinkTest, LearnsFromFeedbackWhatThePathHasCarried) {
  run_ms(10'000, 2);
  const LinkStatistics statistics = link->statistics();
  EXPECT_EQ(statistics.source, Source::Feedback);
  EXPECT_NEAR(statistics.capacity_bps, 120'000, 20'000);
  EXPECT_FALSE(statistics.is_limit) << "it may carry more";
  EXPECT_LT(statistics.queue_us, 10'000u);
  EXPECT_EQ(statistics.loss, 0);
  EXPECT_EQ(counters.feedback_in.value(), 100u);
  EXPECT_EQ(counters.feedback_refused.value(), 0u);
}

TEST_F(LinkTest, LearnsFromFeedbackOfAQueueAndItsRate) {
  run_ms(5000, 1);
  rate_bps = 100'000;
  run_ms(3000, 3);
  const LinkStatistics statistics = link->statistics();
  EXPECT_GT(statistics.queue_us, 100'000u);
  EXPECT_NEAR(statistics.capacity_bps, 100'000, 20'000);
  EXPECT_TRUE(statistics.is_limit);
}

TEST_F(LinkTest, LearnsFromFeedbackOfLossAndItsBursts) {
  std::minstd_rand random(1);
  loses = [&random] { return random() % 10 == 0; };
  run_ms(10'000, 2);
  const LinkStatistics statistics = link->statistics();
  EXPECT_NEAR(statistics.loss, 0.1, 0.05);
  EXPECT_GE(statistics.burst, 16u);
  EXPECT_GT(statistics.loss_floor, 0.02) << "random loss on a free path is no congestion";
}

TEST_F(LinkTest, UsesReportsWhereTheClientHasNoFeedback) {
  start(0);
  std::vector<uint8_t> bytes = packet();
  for (int second = 0; second < 10; ++second) {
    for (int i = 0; i < 50; ++i) link->on_sent(bytes, kVoice, now_ns += 20 * kNsPerMs);
    link->on_report({.expected = 50, .lost = 10, .jitter_us = 3000, .round_trip_us = 40'000},
                    now_ns);
  }
  EXPECT_EQ(bytes, packet()) << "it gets no number";
  EXPECT_EQ(link->statistics().source, Source::Reports);
  EXPECT_NEAR(link->statistics().loss, 0.2, 0.02);
  link->wish(500'000);
  EXPECT_EQ(link->probe_due_ns(), kNever) << "nobody would hear how a probe ends";
  EXPECT_FALSE(link->probe(now_ns));
}

TEST_F(LinkTest, RefusesFeedbackThatIsNotNegotiated) {
  arrive(1);
  start(0);
  feed_back();
  EXPECT_EQ(counters.feedback_in.value(), 0u);
  EXPECT_EQ(counters.feedback_refused.value(), 1u);
}

TEST_F(LinkTest, ProbesOnlyForAWishBeyondWhatIsProven) {
  run_ms(5000, 1);
  EXPECT_EQ(link->probe_due_ns(), kNever);
  EXPECT_EQ(probes, 0u);
  link->wish(30'000);
  run_ms(3000, 1);
  EXPECT_EQ(probes, 0u) << "that much has been carried";
  link->wish(200'000);
  run_ms(5000, 1);
  EXPECT_GT(probes, 5u);
  EXPECT_GE(link->statistics().capacity_bps, 200'000u);
  const size_t before = probes;
  run_ms(5000, 1);
  EXPECT_EQ(probes, before) << "the wish is proven";
  link->wish(400'000);
  link->wish(0);
  run_ms(3000, 1);
  EXPECT_EQ(probes, before);
  EXPECT_EQ(link->probe_due_ns(), kNever);
}

TEST_F(LinkTest, DoesNotProbeIntoAQueue) {
  rate_bps = 50'000;
  run_ms(2000, 1);
  link->wish(200'000);
  run_ms(3000, 1);
  EXPECT_EQ(probes, 0u);
}

TEST_F(LinkTest, ForgetsAPathThatPacketsHaveLeft) {
  run_ms(10'000, 2);
  const std::optional<uint16_t> last = send();
  arrive(*last);
  link->on_moved();
  EXPECT_EQ(link->statistics(), LinkStatistics{});
  feed_back();
  EXPECT_EQ(link->statistics(), LinkStatistics{}) << "feedback about the former path";
  EXPECT_EQ(send(), *last + 1) << "the client's numbers go on";
  run_ms(3000, 2);
  EXPECT_EQ(link->statistics().source, Source::Feedback);
}

TEST_F(LinkTest, TakesAResentPacketForLostAndNotForDelayed) {
  run_ms(5000, 2);
  std::vector<uint8_t> lost = packet();
  link->on_sent(lost, kVoice, now_ns);
  run_ms(1000, 0);
  EXPECT_EQ(link->statistics().loss, 0);
  link->on_resent(lost, kVoice, now_ns);
  EXPECT_GT(link->statistics().loss, 0);
  arrive(*rtp::transport_number(lost, kExtension));
  feed_back();
  EXPECT_LT(link->statistics().queue_us, 10'000u);
}

TEST_F(LinkTest, LearnsNothingFromFeedbackOfPacketsThatWereNotSent) {
  std::minstd_rand random(3);
  for (int i = 0; i < 2000; ++i) {
    now_ns += 20 * kNsPerMs;
    for (int j = 0; j < 5; ++j) arrive(static_cast<uint16_t>(random()));
    feed_back();
  }
  EXPECT_GT(counters.feedback_in.value(), 1000u);
  EXPECT_EQ(link->statistics(), LinkStatistics{});
  run_ms(5000, 1);
  const LinkStatistics before = link->statistics();
  // A few bytes cover all numbers there are, sent ones too, and say that none has arrived.
  std::array<uint8_t, 64> memory;
  rtp::RtcpWriter writer(memory);
  const std::array<uint8_t, 28> everything{0x00, 0x00, 0xff, 0xff, 0,    0,    1, 0,  //
                                           0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff,        //
                                           0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff,        //
                                           0x1f, 0xff, 0x1f, 0xff, 0x1f, 0xff, 0, 0};
  ASSERT_TRUE(writer.add_transport_feedback(1, 2, everything));
  for (int i = 0; i < 40; ++i) hear(writer.bytes());
  EXPECT_EQ(link->statistics().capacity_bps, before.capacity_bps);
  EXPECT_EQ(link->statistics().queue_us, before.queue_us);
  EXPECT_EQ(link->statistics().loss, 0) << "nothing behind them has arrived";
}

TEST_F(LinkTest, RefusesAFloodOfFeedback) {
  for (int i = 0; i < 10'000; ++i) {
    if (i % 10 == 0) now_ns += kNsPerMs;
    arrive(static_cast<uint16_t>(i));
    feed_back();
  }
  // One second.
  EXPECT_LE(counters.feedback_in.value(), 151u);
  EXPECT_GE(counters.feedback_in.value(), 149u);
  EXPECT_EQ(counters.feedback_in.value() + counters.feedback_refused.value(), 10'000u);
}

TEST_F(LinkTest, AllocatesNothing) {
  link->wish(500'000);
  run_ms(2000, 2);
  std::vector<uint8_t> bytes = packet();
  std::array<uint8_t, 64> memory;
  rtp::RtcpWriter writer(memory);
  constexpr std::array<uint8_t, 12> kFeedback{0, 1, 0, 1, 0, 0, 1, 0, 0x20, 0x01, 0x10, 0};
  ASSERT_TRUE(writer.add_transport_feedback(1, 2, kFeedback));
  rtp::RtcpReader reader(writer.bytes());
  const auto feedback = reader.next();
  ASSERT_TRUE(feedback);
  const int before = allocations();
  for (int i = 0; i < 1000; ++i) {
    now_ns += 20 * kNsPerMs;
    link->on_sent(bytes, kVoice, now_ns);
    link->on_resent(bytes, kVoice, now_ns);
    link->on_feedback(*feedback, now_ns);
    link->on_report({.expected = 50, .lost = 1}, now_ns);
    link->tick(now_ns);
    while (link->probe(now_ns)) {
    }
  }
  link->on_moved();
  EXPECT_EQ(allocations(), before);
}

}  // namespace
}  // namespace veche::media
