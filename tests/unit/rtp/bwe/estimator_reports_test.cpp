// SPDX-License-Identifier: Apache-2.0
// An estimate by receiver reports, where a client sends no transport-wide feedback.
#include <gtest/gtest.h>

#include "rtp/bwe/estimator.hpp"
#include "virtual_link.hpp"

namespace veche::rtp {
namespace {

using test::VirtualLink;

TEST(Estimator, FallsBackToReportsWhereFeedbackEnds) {
  VirtualLink link;
  link.run(3000);
  link.has_feedback = false;
  link.run(3000);
  EXPECT_EQ(link.state().source, LinkSource::Feedback);
  link.run(4000);
  EXPECT_EQ(link.state().source, LinkSource::Unknown);
  link.estimator.on_report({.expected = 50, .round_trip_us = 80'000}, link.now_us);
  EXPECT_EQ(link.state().source, LinkSource::Reports);
  link.run(30'000);
  EXPECT_EQ(link.state().source, LinkSource::Unknown);
}

TEST(Estimator, SilenceKeepsTheSource) {
  VirtualLink link;
  link.run(3000);
  link.voices = 0;
  link.run(30'000);
  EXPECT_EQ(link.state().source, LinkSource::Feedback);
}

TEST(Estimator, LossThatBeginsIsInTheReportsOfFiveSeconds) {
  VirtualLink link;
  link.has_feedback = false;
  const auto report_each_second = [&](int seconds, int64_t lost) {
    for (int s = 0; s < seconds; ++s) {
      link.run(1000);
      link.estimator.on_report({.expected = 50, .lost = lost, .round_trip_us = 80'000},
                               link.now_us);
    }
  };
  report_each_second(30, 0);
  EXPECT_EQ(link.state().loss, 0u);
  report_each_second(5, 8);
  EXPECT_GE(link.state().loss, LinkState::kOne / 8);
  report_each_second(20, 8);
  EXPECT_NEAR(link.state().loss, LinkState::kOne * 8 / 50, LinkState::kOne / 100);
  report_each_second(5, 0);
  EXPECT_GE(link.state().loss, LinkState::kOne / 10)
      << "what a link loses is not forgotten at once";
}

TEST(Estimator, ReportsTellALimitByGrowingRoundTrips) {
  VirtualLink link;
  link.has_feedback = false;
  link.voices = 3;
  uint32_t round_trip_us = 80'000;
  for (int s = 0; s < 30; ++s) {
    link.run(1000);
    link.estimator.on_report({.expected = 150, .round_trip_us = round_trip_us}, link.now_us);
    ASSERT_FALSE(link.state().is_limit);
  }
  EXPECT_NEAR(link.state().capacity_bps, 3 * VirtualLink::kVoiceBps, VirtualLink::kVoiceBps / 10);
  for (int s = 0; s < 3; ++s) {  // 40 % of what is sent has to wait.
    link.run(1000);
    round_trip_us += 400'000;
    link.estimator.on_report({.expected = 150, .round_trip_us = round_trip_us}, link.now_us);
  }
  EXPECT_TRUE(link.state().is_limit);
  EXPECT_NEAR(link.state().capacity_bps, 3 * VirtualLink::kVoiceBps * 6 / 10,
              VirtualLink::kVoiceBps / 5);
}

TEST(Estimator, ReportsBesideFeedbackTellTheRoundTripOnly) {
  VirtualLink link;
  link.run(3000);
  link.estimator.on_report({.expected = 50, .lost = 25, .round_trip_us = 80'000}, link.now_us);
  EXPECT_EQ(link.state().source, LinkSource::Feedback);
  EXPECT_EQ(link.state().loss, 0u);
  EXPECT_EQ(link.state().round_trip_us, 80'000u);
}

}  // namespace
}  // namespace veche::rtp
