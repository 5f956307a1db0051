// SPDX-License-Identifier: Apache-2.0
// The schedule: the right number of talkers, no overlapping turns of one talker, and the same
// result each time.
#include "schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace veche::load {
namespace {

constexpr int64_t kMinute = 60'000;

int talking_at(const std::vector<Turn>& turns, int64_t ms) {
  return static_cast<int>(std::count_if(turns.begin(), turns.end(), [ms](const Turn& turn) {
    return turn.start_ms <= ms && ms < turn.end_ms;
  }));
}

TEST(LoadSchedule, LetsTheFirstTalkAllTheTimeWhenFixed) {
  const auto turns = make_turns({.participants = 5, .talkers = 2, .duration_ms = 1000});
  EXPECT_EQ(turns, (std::vector<Turn>{{0, 0, 1000}, {1, 0, 1000}}));
}

TEST(LoadSchedule, GoesRoundWhenRotating) {
  const auto turns = make_turns({.pattern = Pattern::Rotating,
                                 .participants = 3,
                                 .talkers = 1,
                                 .turn_ms = 1000,
                                 .pause_ms = 100,
                                 .duration_ms = 4000});
  EXPECT_EQ(turns,
            (std::vector<Turn>{{0, 0, 1000}, {1, 1100, 2100}, {2, 2200, 3200}, {0, 3300, 4000}}));
}

TEST(LoadSchedule, ChangesPlacesOneAfterTheOther) {
  const auto turns = make_turns({.pattern = Pattern::Rotating,
                                 .participants = 9,
                                 .talkers = 3,
                                 .turn_ms = 3000,
                                 .pause_ms = 0,
                                 .duration_ms = kMinute});
  std::set<int64_t> starts;
  for (const Turn& turn : turns) starts.insert(turn.start_ms);
  EXPECT_EQ(starts.size(), turns.size());
  EXPECT_EQ(talking_at(turns, 30'500), 3);
}

TEST(LoadSchedule, NeverLetsTooManyTalkNorAnybodyTwice) {
  for (const Pattern pattern : {Pattern::Rotating, Pattern::Random}) {
    for (const uint32_t participants : {3u, 4u, 50u}) {
      const auto turns = make_turns({.pattern = pattern,
                                     .participants = participants,
                                     .talkers = 3,
                                     .turn_ms = 700,
                                     .duration_ms = kMinute,
                                     .seed = 7});
      EXPECT_TRUE(std::is_sorted(turns.begin(), turns.end(), [](const Turn& a, const Turn& b) {
        return a.start_ms < b.start_ms;
      }));
      for (size_t i = 0; i < turns.size(); ++i) {
        EXPECT_LT(turns[i].talker, participants);
        EXPECT_LT(turns[i].start_ms, turns[i].end_ms);
        EXPECT_LE(talking_at(turns, turns[i].start_ms), 3);
        for (size_t j = i + 1; j < turns.size(); ++j) {
          if (turns[j].talker == turns[i].talker) {
            EXPECT_LE(turns[i].end_ms, turns[j].start_ms);
          }
        }
      }
    }
  }
}

TEST(LoadSchedule, IsTheSameForTheSameSeed) {
  SchedulePlan plan{
      .pattern = Pattern::Random, .participants = 20, .talkers = 2, .duration_ms = kMinute};
  const auto once = make_turns(plan);
  EXPECT_EQ(make_turns(plan), once);
  plan.seed = 2;
  EXPECT_NE(make_turns(plan), once);
}

TEST(LoadSchedule, IsEmptyWithoutTalkers) {
  for (const Pattern pattern : {Pattern::Fixed, Pattern::Rotating, Pattern::Random}) {
    EXPECT_TRUE(
        make_turns({.pattern = pattern, .participants = 5, .duration_ms = kMinute}).empty());
  }
}

}  // namespace
}  // namespace veche::load
