// SPDX-License-Identifier: Apache-2.0
// The lanes' load over time, and when it is too high.
#include "room/lane_load.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"

namespace veche::room {
namespace {

class LaneLoadTest : public testing::Test {
 protected:
  /// Lets this many seconds pass in which two lanes are busy for these fractions of the time.
  void pass(int seconds, int first_percent, int second_percent = 0) {
    for (int i = 0; i < seconds; ++i) {
      now_ns_ += kNsPerS;
      busy_ns_[0] += static_cast<uint64_t>(kNsPerS / 100 * first_percent);
      busy_ns_[1] += static_cast<uint64_t>(kNsPerS / 100 * second_percent);
      load.note(busy_ns_, now_ns_);
    }
  }

  LaneLoad load;

 private:
  int64_t now_ns_ = 77;
  std::vector<uint64_t> busy_ns_{5, 9};
};

TEST_F(LaneLoadTest, IsTheMeanOfAllLanes) {
  pass(6, 20, 36);
  EXPECT_EQ(load.percent(), 28);
  pass(5, 40, 0);
  EXPECT_EQ(load.percent(), 20);
}

TEST_F(LaneLoadTest, IsAMeanOverFiveSecondsSoThatABurstIsNoReasonToRefuse) {
  pass(5, 100, 100);
  EXPECT_EQ(load.percent(), 0) << "the window is not full yet";
  EXPECT_FALSE(load.is_full());
  pass(10, 10, 10);
  pass(2, 100, 100);
  EXPECT_EQ(load.percent(), 46);
  EXPECT_FALSE(load.is_full());
}

TEST_F(LaneLoadTest, OneHotLaneDoesNotCloseTheServer) {
  pass(10, 100, 79);
  EXPECT_FALSE(load.is_full());
  pass(10, 100, 81);
  EXPECT_TRUE(load.is_full());
}

TEST_F(LaneLoadTest, IsTooMuchFrom80PercentOnUntilItIsBelow70) {
  pass(6, 79, 79);
  EXPECT_FALSE(load.is_full());
  pass(5, 80, 80);
  EXPECT_TRUE(load.is_full());
  pass(5, 70, 100);
  EXPECT_TRUE(load.is_full());
  pass(5, 69, 100);
  EXPECT_FALSE(load.is_full());
  pass(5, 79, 79);
  EXPECT_FALSE(load.is_full());
}

TEST_F(LaneLoadTest, CountsTheSecondsThatPassedWhenItIsAskedLate) {
  LaneLoad late;
  for (const int64_t s : {0, 1, 2, 3, 4, 14}) {
    late.note({static_cast<uint64_t>(s * kNsPerS / 2)}, s * kNsPerS);
  }
  EXPECT_EQ(late.percent(), 50);
}

}  // namespace
}  // namespace veche::room
