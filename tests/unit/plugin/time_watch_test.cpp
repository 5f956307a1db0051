// SPDX-License-Identifier: Apache-2.0
// Slow hooks: when they are reported, and when there are too many.
#include "plugin/time_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class TimeWatchTest : public ::testing::Test {
 protected:
  TimeWatch::Verdict look(int64_t at_s) { return watch_.look(timers_, at_s * kNsPerS); }
  void slow_calls(int count) {
    for (int i = 0; i < count; ++i) select_.record(900'000);
  }

  HookTimers timers_{TimeLimits{.lane_us = 500, .control_ms = 50}};
  HookTimer& select_ = timers_.on_lane("selector.select");
  HookTimer& observe_ = timers_.on_control("observer.on_event");
  TimeWatch watch_;
};

TEST_F(TimeWatchTest, WithinTheLimitsNothingIsSaid) {
  select_.record(500'000);
  observe_.record(50 * kNsPerMs);
  timers_.unlimited("create").record(5 * kNsPerS);
  const TimeWatch::Verdict verdict = look(1);
  EXPECT_EQ(verdict.report, "");
  EXPECT_FALSE(verdict.too_slow);
}

TEST_F(TimeWatchTest, SaysWhichHookAndHowSlow) {
  slow_calls(3);
  EXPECT_THAT(look(1).report, AllOf(HasSubstr("3 calls"), HasSubstr("selector.select"),
                                    HasSubstr("500 us"), HasSubstr("900 us")));
}

TEST_F(TimeWatchTest, ReportsOnceAMinuteAndForgetsNothing) {
  slow_calls(1);
  EXPECT_NE(look(1).report, "");
  slow_calls(1);
  EXPECT_EQ(look(2).report, "");
  slow_calls(1);
  EXPECT_EQ(look(60).report, "");
  EXPECT_THAT(look(61).report, HasSubstr("2 calls"));
  EXPECT_EQ(look(200).report, "") << "there is nothing new";
}

TEST_F(TimeWatchTest, TooManyAreTenWithinTenSeconds) {
  for (int64_t at_s = 0; at_s < 60; at_s += 2) {
    slow_calls(1);
    EXPECT_FALSE(look(at_s).too_slow) << "one every two seconds";
  }
  slow_calls(4);
  EXPECT_FALSE(look(60).too_slow);
  slow_calls(2);
  EXPECT_TRUE(look(61).too_slow);
}

}  // namespace
}  // namespace veche::plugin
