// SPDX-License-Identifier: Apache-2.0
// Old or excess recordings are deleted, the oldest first, and a clock that jumps deletes nothing.
#include "recording/store/retention.hpp"

#include <gtest/gtest.h>

namespace veche::recording {
namespace {

using Ids = std::vector<std::string>;
constexpr int64_t kHourMs = 3'600'000, kYearMs = 365 * 24 * kHourMs;

const std::vector<Aged> kRecordings = {
    {"new", 300'000, 0, 100}, {"old", 100'000, 0, 100}, {"cut", 200'000, 0, 100}};

Ids expired_at(int64_t unix_ms, const Retention& retention, uint64_t in_progress = 0) {
  return expired(kRecordings, retention, {.unix_ms = unix_ms}, in_progress);
}

TEST(Retention, KeepsEverythingWithoutALimit) {
  EXPECT_EQ(expired_at(INT64_MAX / 2, {}), Ids{});
  EXPECT_FALSE(Retention{}.is_needed());
}

TEST(Retention, RemovesWhatEndedTooLongAgo) {
  EXPECT_EQ(expired_at(199'999, {.max_age_s = 100}), Ids{});
  EXPECT_EQ(expired_at(200'000, {.max_age_s = 100}), Ids{"old"});
  EXPECT_EQ(expired_at(1'000'000, {.max_age_s = 100}), (Ids{"old", "cut", "new"}));
}

TEST(Retention, RemovesTheOldestUntilTheRestFits) {
  EXPECT_EQ(expired_at(0, {.max_total_bytes = 400}, 100), Ids{});
  EXPECT_EQ(expired_at(0, {.max_total_bytes = 399}, 100), Ids{"old"});
  EXPECT_EQ(expired_at(0, {.max_total_bytes = 299}, 100), (Ids{"old", "cut"}));
  EXPECT_EQ(expired_at(0, {.max_total_bytes = 1}, 100), (Ids{"old", "cut", "new"}));
  EXPECT_EQ(expired_at(0, {.max_total_bytes = 300}), Ids{});
}

TEST(Retention, MeasuresTheAgeOfWhatEndedInThisProcessByAClockThatNobodySets) {
  // It ended before the clock was set: 56 years ago, by the time of day.
  const std::vector<Aged> recordings = {{"fresh", 1'000, 5'000, 100}, {"before", kYearMs, 0, 100}};
  const Now now{.unix_ms = 56 * kYearMs, .boot_ms = 65'000};
  EXPECT_EQ(expired(recordings, {.max_age_s = 100}, now), Ids{"before"});
  EXPECT_EQ(expired(recordings, {.max_age_s = 60}, now), (Ids{"before", "fresh"}));
  EXPECT_EQ(expired(recordings, {.max_total_bytes = 100}, now), Ids{"before"})
      << "it is the older one";
}

TEST(Retention, CountsTheAgeFromTheTimeOfDayAfterTheClockWasSet) {
  Manifest manifest;
  manifest.started_unix_ms = 1'000;
  manifest.ended_unix_ms = 2'000;
  EXPECT_EQ(end_of(manifest), 2'000);
  manifest.clock_step_ms = 56 * kYearMs;
  EXPECT_EQ(end_of(manifest), 56 * kYearMs + 2'000);
  manifest = {};
  manifest.started_unix_ms = 1'000;
  EXPECT_EQ(end_of(manifest), 1'000) << "it has no end";
}

constexpr int64_t kNoon = 20 * 365 * 24 * kHourMs;

TEST(TrustedTime, FollowsAClockThatIsCorrectedSlowly) {
  TrustedTime time;
  for (int64_t hours = 0; hours < 10'000; ++hours) {
    const int64_t unix_ms = kNoon + hours * (kHourMs + 1'000);
    ASSERT_EQ(time.unix_ms(hours * kHourMs, unix_ms), unix_ms);
  }
  EXPECT_FALSE(time.take_jump_ms());
}

TEST(TrustedTime, BelievesAJumpForwardAfterADay) {
  TrustedTime time;
  time.unix_ms(0, kNoon);
  const auto after = [&](int64_t ms) { return time.unix_ms(ms, kNoon + kYearMs + ms); };
  EXPECT_EQ(after(1'000), kNoon + 1'000);
  EXPECT_EQ(time.take_jump_ms(), kYearMs);
  EXPECT_FALSE(time.take_jump_ms()) << "it is said once";
  EXPECT_EQ(after(23 * kHourMs), kNoon + 23 * kHourMs);
  EXPECT_EQ(after(25 * kHourMs), kNoon + kYearMs + 25 * kHourMs);
  EXPECT_FALSE(time.take_jump_ms());
}

TEST(TrustedTime, ForgetsAJumpThatIsTakenBack) {
  TrustedTime time;
  time.unix_ms(0, kNoon);
  EXPECT_EQ(time.unix_ms(1'000, kNoon + kYearMs), kNoon + 1'000);
  EXPECT_EQ(time.unix_ms(2'000, kNoon + 2'000), kNoon + 2'000);
  EXPECT_EQ(time.unix_ms(48 * kHourMs, kNoon + kYearMs), kNoon + 48 * kHourMs) << "a new jump";
}

TEST(TrustedTime, TakesTheEarlierTimeAfterAJumpBack) {
  TrustedTime time;
  time.unix_ms(0, kNoon);
  EXPECT_EQ(time.unix_ms(1'000, kNoon - kYearMs), kNoon - kYearMs);
  EXPECT_EQ(time.take_jump_ms(), -kYearMs - 1'000);
}

TEST(TrustedTime, WaitsAgainForAClockThatJumpsAgain) {
  TrustedTime time;
  time.unix_ms(0, kNoon);
  EXPECT_EQ(time.unix_ms(kHourMs, kNoon + kYearMs), kNoon + kHourMs);
  EXPECT_EQ(time.unix_ms(23 * kHourMs, kNoon + 9 * kYearMs), kNoon + 23 * kHourMs);
  EXPECT_EQ(time.unix_ms(26 * kHourMs, kNoon + 9 * kYearMs + 3 * kHourMs), kNoon + 26 * kHourMs);
}

}  // namespace
}  // namespace veche::recording
