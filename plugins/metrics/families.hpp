// SPDX-License-Identifier: Apache-2.0
// Converts the server's numbers into families of prometheus-cpp.
#pragma once

#include <prometheus/metric_family.h>
#include <veche/host.h>

#include <string>
#include <string_view>
#include <vector>

namespace veche::metrics {

/// The name of a plugin's own metric for Prometheus, and the factor of its values:
/// "latency_us" of "my-plugin" is veche_plugin_my_plugin_latency_seconds, by 1e-6.
struct ExportName {
  std::string name;
  double scale = 1;
};
ExportName export_name(std::string_view plugin, std::string_view name, uint32_t kind);

/// Metrics of the same name become one family, in the order in which they came.
class Families {
 public:
  void add(const veche_metric_info& metric);
  std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  prometheus::MetricFamily& family_of(const std::string& name, const veche_metric_info& metric);

  std::vector<prometheus::MetricFamily> families_;
};

/// Samples of all families: a histogram has one for each bucket, its sum and its count.
size_t count_series(const std::vector<prometheus::MetricFamily>& families);

}  // namespace veche::metrics
