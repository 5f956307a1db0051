// SPDX-License-Identifier: Apache-2.0
// Names for Prometheus, families, and the text format that prometheus-cpp writes.
#include "metrics/families.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include "metric.hpp"

namespace veche::metrics {
namespace {

std::vector<prometheus::MetricFamily> families_of(const std::vector<TestMetric>& metrics) {
  Families families;
  for (const TestMetric& metric : metrics) families.add(metric.info());
  return families.take();
}

TEST(ExportName, HasTheBaseUnitOfPrometheus) {
  const struct {
    const char *plugin, *name;
    uint32_t kind;
    const char* expected;
    double scale;
  } cases[] = {
      {"stage", "hosts", VECHE_METRIC_GAUGE, "veche_plugin_stage_hosts", 1},
      {"stage", "turns_total", VECHE_METRIC_COUNTER, "veche_plugin_stage_turns_total", 1},
      {"stage", "turns", VECHE_METRIC_COUNTER, "veche_plugin_stage_turns_total", 1},
      {"stage", "wait_us", VECHE_METRIC_HISTOGRAM, "veche_plugin_stage_wait_seconds", 1e-6},
      {"stage", "wait_ms_total", VECHE_METRIC_COUNTER, "veche_plugin_stage_wait_seconds_total",
       1e-3},
      {"my-stage", "used_kb", VECHE_METRIC_GAUGE, "veche_plugin_my_stage_used_bytes", 1024},
  };
  for (const auto& [plugin, name, kind, expected, scale] : cases) {
    const ExportName exported = export_name(plugin, name, kind);
    EXPECT_EQ(exported.name, expected);
    EXPECT_EQ(exported.scale, scale) << expected;
  }
}

TEST(Families, BecomeTheTextOfPrometheus) {
  const auto families = families_of(samples());
  EXPECT_EQ(prometheus::TextSerializer().Serialize(families),
            R"(# HELP veche_rooms Help
# TYPE veche_rooms gauge
veche_rooms 2
# HELP veche_packets_dropped_total Help
# TYPE veche_packets_dropped_total counter
veche_packets_dropped_total{reason="stale"} 3
veche_packets_dropped_total{reason="\"a\\b\n"} 4
# HELP veche_forward_latency_seconds Help
# TYPE veche_forward_latency_seconds histogram
veche_forward_latency_seconds_count 4
veche_forward_latency_seconds_sum 0.061
veche_forward_latency_seconds_bucket{le="0.03"} 2
veche_forward_latency_seconds_bucket{le="1"} 3
veche_forward_latency_seconds_bucket{le="+Inf"} 4
# HELP veche_plugin_my_plugin_turns_total Counted by the plugin my-plugin
# TYPE veche_plugin_my_plugin_turns_total counter
veche_plugin_my_plugin_turns_total 7
)");
}

TEST(Families, CountTheirSeries) { EXPECT_EQ(count_series(families_of(samples())), 9u); }

TEST(Families, OfOneNameAreOneFamily) {
  const auto families = families_of(samples());
  ASSERT_EQ(families.size(), 4u);
  EXPECT_EQ(families[1].metric.size(), 2u);
}

}  // namespace
}  // namespace veche::metrics
