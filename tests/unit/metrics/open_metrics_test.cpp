// SPDX-License-Identifier: Apache-2.0
// OpenMetrics: the text, and which clients get it.
#include "metrics/open_metrics.hpp"

#include <gtest/gtest.h>

#include "metric.hpp"
#include "metrics/families.hpp"

namespace veche::metrics {
namespace {

TEST(OpenMetrics, IsWrittenAsTheStandardSays) {
  Families families;
  for (const TestMetric& metric : samples()) families.add(metric.info());
  EXPECT_EQ(to_open_metrics(families.take()),
            R"(# TYPE veche_rooms gauge
# HELP veche_rooms Help
veche_rooms 2
# TYPE veche_packets_dropped counter
# HELP veche_packets_dropped Help
veche_packets_dropped_total{reason="stale"} 3
veche_packets_dropped_total{reason="\"a\\b\n"} 4
# TYPE veche_forward_latency_seconds histogram
# HELP veche_forward_latency_seconds Help
veche_forward_latency_seconds_bucket{le="0.03"} 2
veche_forward_latency_seconds_bucket{le="1.0"} 3
veche_forward_latency_seconds_bucket{le="+Inf"} 4
veche_forward_latency_seconds_sum 0.061
veche_forward_latency_seconds_count 4
# TYPE veche_plugin_my_plugin_turns counter
# HELP veche_plugin_my_plugin_turns Counted by the plugin my-plugin
veche_plugin_my_plugin_turns_total 7
# EOF
)");
}

TEST(OpenMetrics, IsGivenToWhoLikesItAsMuch) {
  EXPECT_TRUE(prefers_open_metrics("application/openmetrics-text"));
  // As Prometheus 2.42 sends it.
  EXPECT_TRUE(
      prefers_open_metrics("application/openmetrics-text;version=1.0.0,application/"
                           "openmetrics-text;version=0.0.1;q=0.75,"
                           "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
  EXPECT_TRUE(prefers_open_metrics("text/plain; q=0.4 , application/openmetrics-text ; q=0.4"));
  EXPECT_FALSE(prefers_open_metrics("text/plain;q=0.5,application/openmetrics-text;q=0.4"));
  for (const char* accept : {"", "*/*", "text/plain", "application/openmetrics-text;q=0", ",;,q=;",
                             "application/openmetrics-text;q=x"}) {
    EXPECT_FALSE(prefers_open_metrics(accept)) << accept;
  }
}

}  // namespace
}  // namespace veche::metrics
