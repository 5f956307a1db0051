// SPDX-License-Identifier: Apache-2.0
// Histogram and distribution: percentiles that are accurate to the width of a bucket.
#include "histogram.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>

namespace veche::load {
namespace {

constexpr int64_t kUs = 1000;

TEST(LoadHistogram, FindsPercentilesWithinTwoPercent) {
  const auto histogram = std::make_unique<Histogram>();
  for (int64_t us = 1; us <= 100'000; ++us) histogram->add(us * kUs);
  const Distribution d = merged({histogram.get()});
  EXPECT_EQ(d.count, 100'000u);
  EXPECT_NEAR(d.p50, 50, 1);
  EXPECT_NEAR(d.p95, 95, 2);
  EXPECT_NEAR(d.p99, 99, 2);
  EXPECT_DOUBLE_EQ(d.max, 100);
}

TEST(LoadHistogram, HoldsEveryDuration) {
  const auto histogram = std::make_unique<Histogram>();
  for (const int64_t ns : {int64_t{-5}, int64_t{0}, int64_t{999}, int64_t{63'999}, int64_t{64'000},
                           int64_t{3'600'000'000'000}, std::numeric_limits<int64_t>::max()}) {
    histogram->add(ns);
  }
  std::vector<uint64_t> sums(Histogram::kBuckets);
  histogram->add_to(sums);
  EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), uint64_t{0}), 7u);
  EXPECT_EQ(histogram->max_ns(), std::numeric_limits<int64_t>::max());
}

TEST(LoadHistogram, IsAddedToOthers) {
  const auto fast = std::make_unique<Histogram>();
  const auto slow = std::make_unique<Histogram>();
  for (int i = 0; i < 98; ++i) fast->add(100 * kUs);
  for (int i = 0; i < 2; ++i) slow->add(50'000 * kUs);
  const Distribution d = merged({fast.get(), slow.get()});
  EXPECT_NEAR(d.p95, 0.1, 0.01);
  EXPECT_NEAR(d.p99, 50, 1);
  EXPECT_DOUBLE_EQ(d.max, 50);
}

TEST(LoadDistribution, IsExactForSingleValues) {
  std::vector<double> values;
  for (int i = 100; i >= 1; --i) values.push_back(i);
  const Distribution d = distribution(values);
  EXPECT_EQ(d.count, 100u);
  EXPECT_DOUBLE_EQ(d.p50, 50);
  EXPECT_DOUBLE_EQ(d.p95, 95);
  EXPECT_DOUBLE_EQ(d.p99, 99);
  EXPECT_DOUBLE_EQ(d.max, 100);
  EXPECT_DOUBLE_EQ(distribution(std::vector<double>{7}).p50, 7);
}

TEST(LoadDistribution, OfNothingIsZero) {
  EXPECT_EQ(distribution(std::vector<double>{}).count, 0u);
  const auto histogram = std::make_unique<Histogram>();
  EXPECT_DOUBLE_EQ(merged({histogram.get()}).p99, 0);
}

}  // namespace
}  // namespace veche::load
