// SPDX-License-Identifier: Apache-2.0
// How often backends hear of the quality of a client's network.
#include "room/quality_news.hpp"

#include <gtest/gtest.h>

namespace veche::room {
namespace {

TEST(QualityNews, TellsTheFirstAtOnceAndTheNextAfterFiveSeconds) {
  QualityNews news;
  EXPECT_FALSE(news.is_due(Quality::Unknown, 1));
  EXPECT_TRUE(news.is_due(Quality::Good, 2));
  EXPECT_FALSE(news.is_due(Quality::Poor, 3));
  EXPECT_FALSE(news.is_due(Quality::Poor, 1 + QualityNews::kEachNs));
  EXPECT_TRUE(news.is_due(Quality::Poor, 2 + QualityNews::kEachNs));
  EXPECT_EQ(news.told(), Quality::Poor);
}

TEST(QualityNews, DoesNotTellWhatHasGoneBackMeanwhile) {
  QualityNews news;
  EXPECT_TRUE(news.is_due(Quality::Good, 2));
  EXPECT_FALSE(news.is_due(Quality::Poor, 3));
  for (int64_t i = 1; i < 10; ++i) {
    EXPECT_FALSE(news.is_due(Quality::Good, i * QualityNews::kEachNs));
  }
}

TEST(QualityNews, TellsAFlappingQualityOnceInFiveSeconds) {
  QualityNews news;
  int told = 0;
  for (int64_t tick = 0; tick < 600; ++tick) {  // A minute.
    const Quality quality = tick % 2 == 0 ? Quality::Good : Quality::Poor;
    told += news.is_due(quality, tick * 100 * kNsPerMs) ? 1 : 0;
  }
  EXPECT_LE(told, 12);
}

}  // namespace
}  // namespace veche::room
