// SPDX-License-Identifier: Apache-2.0
// The choice of a lane: by what it was measured to do, and by what it has just been promised.
#include "media/lane/lane_loads.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/time.hpp"

namespace veche::media {
namespace {

class LaneLoadsTest : public testing::Test {
 protected:
  /// Lets this many seconds pass in which the lanes are busy for these fractions of the time.
  void pass(int seconds, std::array<uint64_t, 3> percent) {
    for (int i = 0; i < seconds; ++i) {
      now_ns_ += kNsPerS;
      for (size_t lane = 0; lane < busy_ns_.size(); ++lane) {
        busy_ns_[lane] += static_cast<uint64_t>(kNsPerS) / 100 * percent[lane];
      }
      loads.note(busy_ns_, now_ns_);
    }
  }
  LaneLoads loads;

 private:
  int64_t now_ns_ = 77;
  std::array<uint64_t, 3> busy_ns_{7, 5, 3};
};

TEST_F(LaneLoadsTest, WhatIsPromisedCountsAtOnce) {
  EXPECT_EQ(loads.calmest(3), 0u);
  loads.add_session(0);
  EXPECT_EQ(loads.calmest(3), 1u);
  loads.add_session(1);
  EXPECT_EQ(loads.calmest(3), 2u);
  loads.add_session(2);
  loads.add_session(2);
  loads.remove_session(0);
  EXPECT_EQ(loads.calmest(3), 0u);
}

TEST_F(LaneLoadsTest, EmptyRoomsAreSpreadToo) {
  for (const uint32_t lane : {0u, 1u, 2u, 0u}) {
    EXPECT_EQ(loads.calmest(3), lane);
    loads.add_room(lane);
  }
  loads.remove_room(0);
  loads.remove_room(0);
  EXPECT_EQ(loads.calmest(3), 0u);
}

TEST_F(LaneLoadsTest, ShowsTheBusyTimeOfALane) {
  EXPECT_EQ(loads.busy(0), 0);
  pass(30, {60, 5, 100});
  EXPECT_NEAR(loads.busy(0), 0.6, 0.01);
  EXPECT_NEAR(loads.busy(2), 1, 0.01);
  EXPECT_EQ(loads.busy(3), 0) << "no such lane";
}

TEST_F(LaneLoadsTest, ABusyLaneIsAvoidedHoweverFewSessionsItHas) {
  loads.add_session(0);
  for (int i = 0; i < 100; ++i) loads.add_session(1);
  for (int i = 0; i < 100; ++i) loads.add_session(2);
  pass(20, {60, 5, 10});
  EXPECT_EQ(loads.calmest(3), 1u);
}

TEST_F(LaneLoadsTest, IsHotFrom80PercentUntilItIsBelow70) {
  pass(30, {79, 80, 0});
  EXPECT_FALSE(loads.is_hot(0));
  EXPECT_TRUE(loads.is_hot(1));
  pass(30, {79, 70, 0});
  EXPECT_TRUE(loads.is_hot(1));
  pass(30, {79, 69, 0});
  EXPECT_FALSE(loads.is_hot(1));
  EXPECT_FALSE(loads.is_hot(9)) << "unknown";
}

TEST_F(LaneLoadsTest, ASecondOfWorkMakesNoLaneHot) {
  pass(10, {0, 0, 0});
  pass(1, {100, 0, 0});
  EXPECT_FALSE(loads.is_hot(0));
  pass(9, {100, 0, 0});
  EXPECT_TRUE(loads.is_hot(0));
}

}  // namespace
}  // namespace veche::media
