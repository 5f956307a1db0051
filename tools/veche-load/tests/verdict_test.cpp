// SPDX-License-Identifier: Apache-2.0
// The verdict: what counts as missing, and when it blames the generator.
#include "verdict.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace veche::load {
namespace {

const Options kStrict{.participants = 2, .talkers = 1, .expect_no_loss = true};

Results good() {
  Results results;
  results.joins.attempted = results.joins.joined = 2;
  results.lateness_ms = {.count = 1000, .p50 = 0.1, .p95 = 1, .p99 = 5, .max = 300};
  return results;
}

TEST(LoadVerdict, IsGoodWhenNothingIsMissing) {
  const Verdict verdict = judge(kStrict, good());
  EXPECT_TRUE(verdict.shortcomings.empty());
  EXPECT_FALSE(verdict.generator_late);
}

TEST(LoadVerdict, NamesEachShortcoming) {
  const std::pair<const char*, std::function<void(Results&)>> cases[] = {
      {"participants failed", [](Results& r) { r.joins.failed = 3; }},
      {"never tried", [](Results& r) { r.joins.attempted = 1; }},
      {"removed", [](Results& r) { r.joins.removed = 3; }},
      {"could not be sent", [](Results& r) { r.packets.send_failures = 3; }},
      {"lost", [](Results& r) { r.packets.lost = 3; }},
      {"twice", [](Results& r) { r.packets.duplicates = 3; }},
      {"not RTP", [](Results& r) { r.packets.not_rtp = 3; }},
      {"back to their sender", [](Results& r) { r.packets.own = 3; }},
      {"another room", [](Results& r) { r.packets.strange = 3; }},
      {"wrong source", [](Results& r) { r.packets.source_errors = 3; }},
      {"within turns", [](Results& r) { r.hearing.missing_frames = 3; }},
      {"did not hear", [](Results& r) { r.hearing.unheard = 3; }},
      {"end of a turn", [](Results& r) { r.hearing.cut_short = 3; }}};
  for (const auto& [words, spoil] : cases) {
    Results results = good();
    results.lateness_ms.max = 10;
    spoil(results);
    const Verdict verdict = judge(kStrict, results);
    ASSERT_EQ(verdict.shortcomings.size(), 1u) << words;
    EXPECT_NE(verdict.shortcomings[0].find(words), std::string::npos) << verdict.shortcomings[0];
    EXPECT_FALSE(verdict.generator_late);
  }
}

TEST(LoadVerdict, BlamesTheGeneratorForBeingLate) {
  struct Case {
    double p99, max;
    uint64_t lost;
    bool late;
    size_t shortcomings;
  };
  const Case cases[] = {{20, 199, 0, false, 0},
                        {20.1, 199, 0, true, 1},  // Fails even without losses.
                        {20.1, 199, 7, true, 2},  // The loss is reported too.
                        {1, 201, 0, false, 0},    // A stall that did no harm.
                        {1, 201, 7, true, 2},     // One that may have.
                        {1, 200, 7, false, 1}};
  for (const Case& c : cases) {
    Results results = good();
    results.lateness_ms.p99 = c.p99;
    results.lateness_ms.max = c.max;
    results.packets.lost = c.lost;
    const Verdict verdict = judge(kStrict, results);
    EXPECT_EQ(verdict.generator_late, c.late) << c.p99 << ' ' << c.max;
    EXPECT_EQ(verdict.shortcomings.size(), c.shortcomings) << c.p99 << ' ' << c.max;
  }
}

TEST(LoadVerdict, BlamesTheGeneratorForReadingTooLate) {
  Results results = good();
  results.packets.socket_drops = results.packets.lost = 1;
  EXPECT_TRUE(judge(kStrict, results).generator_late);
}

TEST(LoadVerdict, AsksForJoinsOnlyUnlessTold) {
  Results results = good();
  results.packets.lost = results.packets.duplicates = 5;
  results.lateness_ms.p99 = 100;
  Options options = kStrict;
  options.expect_no_loss = false;
  EXPECT_TRUE(judge(options, results).shortcomings.empty());
  EXPECT_FALSE(judge(options, results).generator_late);
  results.joins.failed = 1;
  EXPECT_EQ(judge(options, results).shortcomings.size(), 1u);
}

TEST(LoadVerdict, DoesNotExpectMoreTalkersThanSlots) {
  Results results = good();
  results.hearing.unheard = results.hearing.missing_frames = 4;
  Options options = kStrict;
  options.talkers = 2;
  options.slots = 1;
  EXPECT_TRUE(judge(options, results).shortcomings.empty());
}

}  // namespace
}  // namespace veche::load
