// SPDX-License-Identifier: Apache-2.0
// Metrics of plugins: what is refused, and what is counted.
#include "plugin/metric_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string refusal(MetricSet& set, uint32_t kind, const char* name,
                    std::span<const int64_t> bounds = {}) {
  const auto added = set.add(kind, name, "help", bounds);
  return added ? "" : added.error().message;
}

TEST(MetricSet, RefusesWhatNobodyCouldExport) {
  MetricSet set("stage");
  const std::array<int64_t, 2> falling{5, 5}, rising{5, 6};
  const std::vector<int64_t> many(MetricSet::kMaxBounds + 1);
  EXPECT_THAT(refusal(set, VECHE_METRIC_COUNTER, ""), HasSubstr("[a-z]"));
  EXPECT_THAT(refusal(set, VECHE_METRIC_COUNTER, "Hosts"), HasSubstr("[a-z]"));
  EXPECT_THAT(refusal(set, VECHE_METRIC_COUNTER, "a\nb"), HasSubstr("[a-z]"));
  EXPECT_THAT(refusal(set, VECHE_METRIC_COUNTER, "9lives"), HasSubstr("[a-z]"));
  EXPECT_THAT(refusal(set, 4, "hosts"), HasSubstr("no kind 4"));
  EXPECT_THAT(refusal(set, VECHE_METRIC_GAUGE, "hosts", rising), HasSubstr("bounds"));
  EXPECT_THAT(refusal(set, VECHE_METRIC_HISTOGRAM, "wait_us"), HasSubstr("bounds"));
  EXPECT_THAT(refusal(set, VECHE_METRIC_HISTOGRAM, "wait_us", falling), HasSubstr("ascending"));
  EXPECT_THAT(refusal(set, VECHE_METRIC_HISTOGRAM, "wait_us", many), HasSubstr("32"));
  EXPECT_THAT(set.read(), IsEmpty());
  EXPECT_EQ(refusal(set, VECHE_METRIC_COUNTER, "hosts"), "");
  EXPECT_THAT(refusal(set, VECHE_METRIC_GAUGE, "hosts"), HasSubstr("already"));
}

TEST(MetricSet, IsBounded) {
  MetricSet set("stage");
  for (size_t i = 0; i < MetricSet::kMaxMetrics; ++i) {
    ASSERT_EQ(refusal(set, VECHE_METRIC_GAUGE, ("m" + std::to_string(i)).c_str()), "");
  }
  EXPECT_THAT(refusal(set, VECHE_METRIC_GAUGE, "more"), HasSubstr("256"));
}

TEST(MetricSet, CountersGrowAndGaugesFollow) {
  MetricSet set("stage");
  veche_metric* counter = *set.add(VECHE_METRIC_COUNTER, "turns_total", "", {});
  veche_metric* gauge = *set.add(VECHE_METRIC_GAUGE, "hosts", "", {});
  counter->add(3);
  counter->add(-2);
  counter->set(100);
  gauge->add(3);
  gauge->add(-2);
  EXPECT_EQ(set.read()[0].value, 3);
  EXPECT_EQ(set.read()[1].value, 1);
  gauge->set(100);
  EXPECT_EQ(set.read()[1].value, 100);
}

TEST(MetricSet, HistogramsPutEachValueIntoOneBucket) {
  MetricSet set("stage");
  const std::array<int64_t, 3> bounds{-5, 0, 10};
  veche_metric* histogram = *set.add(VECHE_METRIC_HISTOGRAM, "wait_us", "", bounds);
  for (const int64_t value : {-9, -5, -4, 0, 10, 11, 12}) histogram->add(value);
  const MetricInfo info = set.read()[0];
  EXPECT_THAT(info.counts, ElementsAre(2u, 2u, 1u, 2u));
  EXPECT_THAT(info.bounds, ElementsAre(-5, 0, 10));
  EXPECT_EQ(info.value, 15);
}

TEST(MetricSet, LosesNothingFromManyThreads) {
  MetricSet set("stage");
  veche_metric* counter = *set.add(VECHE_METRIC_COUNTER, "turns_total", "", {});
  const auto work = [counter] {
    for (int i = 0; i < 10'000; ++i) counter->add(1);
  };
  std::thread one(work), two(work);
  one.join();
  two.join();
  EXPECT_EQ(set.read()[0].value, 20'000);
}

}  // namespace
}  // namespace veche::plugin
