// SPDX-License-Identifier: Apache-2.0
// Good, fair and poor, and how fast a judgement changes.
#include "adaptive/quality.hpp"

#include <gtest/gtest.h>

namespace veche::adaptive {
namespace {

TEST(Quality, HasAReasonForEachWordButGood) {
  const struct {
    const char* what;
    Symptoms symptoms;
    uint32_t word;
    Reason reason;
  } rows[] = {
      {"nothing known", {}, VECHE_QUALITY_UNKNOWN, Reason::None},
      {"nothing wrong", {.is_known = true, .loss = 0.01F}, VECHE_QUALITY_GOOD, Reason::None},
      {"loss", {.is_known = true, .loss = 0.03F}, VECHE_QUALITY_FAIR, Reason::Loss},
      {"much loss", {.is_known = true, .loss = 0.12F}, VECHE_QUALITY_POOR, Reason::Loss},
      {"much loss, made good",
       {.is_known = true, .loss = 0.12F, .is_protected = true},
       VECHE_QUALITY_FAIR,
       Reason::Loss},
      {"a queue", {.is_known = true, .queue_us = 150'000}, VECHE_QUALITY_FAIR, Reason::Congestion},
      {"a long queue",
       {.is_known = true, .queue_us = 500'000},
       VECHE_QUALITY_POOR,
       Reason::Congestion},
      {"a long way",
       {.is_known = true, .round_trip_us = 350'000},
       VECHE_QUALITY_FAIR,
       Reason::Delay},
      {"jitter", {.is_known = true, .jitter_us = 60'000}, VECHE_QUALITY_FAIR, Reason::Delay},
      {"a slot cut",
       {.is_known = true, .cut = Reason::Congestion},
       VECHE_QUALITY_POOR,
       Reason::Congestion},
      {"a slot cut by the server", {.cut = Reason::Overload}, VECHE_QUALITY_POOR, Reason::Overload},
  };
  for (const auto& row : rows) {
    const Quality quality = judge(row.symptoms);
    EXPECT_EQ(quality.word, row.word) << row.what;
    EXPECT_EQ(quality.reason, row.reason) << row.what;
  }
}

TEST(Quality, IsWorseAfterASecondAndBetterAfterFive) {
  QualityWatch watch;
  int64_t now_ns = 0;
  const auto run = [&](float loss, int calls) {
    for (int i = 0; i < calls; ++i)
      watch.update({.is_known = true, .loss = loss}, now_ns += 100 * kMillisecond);
    return watch.now().word;
  };
  EXPECT_EQ(run(0, 1), VECHE_QUALITY_GOOD) << "the first judgement waits for nothing";
  EXPECT_EQ(run(0.03F, 10), VECHE_QUALITY_GOOD);
  EXPECT_EQ(run(0.03F, 1), VECHE_QUALITY_FAIR);
  EXPECT_EQ(run(0, 50), VECHE_QUALITY_FAIR);
  EXPECT_EQ(watch.now().reason, Reason::Loss);
  EXPECT_EQ(run(0, 1), VECHE_QUALITY_GOOD);
  EXPECT_EQ(watch.now().reason, Reason::None);
}

TEST(Quality, DoesNotFlutter) {
  QualityWatch watch;
  uint32_t changes = 0, last = VECHE_QUALITY_GOOD;
  for (int i = 0; i < 600; ++i) {
    const Symptoms symptoms{.is_known = true, .loss = i % 10 < 5 ? 0.03F : 0.0F};
    const uint32_t word = watch.update(symptoms, (i + 1) * 100 * kMillisecond).word;
    changes += i > 0 && word != last ? 1 : 0;
    last = word;
  }
  EXPECT_LE(changes, 1U);
}

}  // namespace
}  // namespace veche::adaptive
