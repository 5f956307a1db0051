// SPDX-License-Identifier: Apache-2.0
// Histograms: the bucket of a value, and sums of several.
#include "base/histogram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche {
namespace {

using ::testing::ElementsAre;

constexpr std::array<int64_t, 3> kBounds{10, 20, 50};

TEST(Histogram, PutsEachValueIntoTheBucketWhoseBoundItDoesNotExceed) {
  Histogram histogram(kBounds);
  for (const int64_t value : {-1, 0, 10, 11, 20, 50, 51, 1000}) histogram.add(value);
  const HistogramReading reading = histogram.read();
  EXPECT_THAT(reading.counts, ElementsAre(3u, 2u, 1u, 2u));
  EXPECT_THAT(reading.bounds, ElementsAre(10, 20, 50));
  EXPECT_EQ(reading.sum, 1141);
  EXPECT_EQ(histogram.count(), 8u);
}

TEST(Histogram, IsAddedToAnother) {
  Histogram one(kBounds), two(kBounds);
  one.add(5);
  two.add(15);
  two.add(60);
  HistogramReading sum = one.read();
  two.add_to(sum);
  EXPECT_THAT(sum.counts, ElementsAre(1u, 1u, 0u, 1u));
  EXPECT_EQ(sum.sum, 80);
}

}  // namespace
}  // namespace veche
