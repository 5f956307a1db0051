// SPDX-License-Identifier: Apache-2.0
// The limiter alone: what it leaves unchanged, and what it keeps below the ceiling.
#include "recording/mix/limiter.hpp"

#include <gtest/gtest.h>

#include "sounds.hpp"

namespace veche::recording {
namespace {

using test::kRate;
using test::Sound;

TEST(Limiter, LeavesWhatIsNotTooLoudUnchanged) {
  const Sound before = test::tone(400, 0.8F, kRate / 10);
  Sound after = before;
  Limiter limiter(1);
  limiter.process(after);
  for (size_t i = Limiter::kDelaySamples; i < after.size(); ++i) {
    ASSERT_EQ(after[i], before[i - Limiter::kDelaySamples]) << i;
  }
}

TEST(Limiter, NeverLetsASamplePassTheCeiling) {
  Sound sound = test::tone(400, 0.1F, kRate);
  for (size_t i = 0; i < sound.size(); i += 777) sound[i] = (i % 2 == 0 ? 1.0F : -1.0F) * 20;
  Limiter limiter(2);
  limiter.process(sound);
  EXPECT_LE(test::peak(sound, 0, sound.size()), Limiter::kCeiling + 1e-4F);
  EXPECT_GT(test::peak(sound, 0, sound.size()), Limiter::kCeiling - 0.1F);
}

TEST(Limiter, LetsGoWithinHalfASecond) {
  Sound sound = test::tone(400, 0.5F, kRate);
  for (size_t i = 0; i < kRate / 4; ++i) sound[i] *= 10;
  Limiter limiter(1);
  limiter.process(sound);
  EXPECT_LT(test::peak(sound, kRate / 4 + 480, kRate / 4 + 2400), 0.3F);
  EXPECT_NEAR(test::peak(sound, kRate * 3 / 4, kRate), 0.5F, 0.001F);
}

}  // namespace
}  // namespace veche::recording
