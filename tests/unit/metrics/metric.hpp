// SPDX-License-Identifier: Apache-2.0
// A metric as the server reports it, with the data that it points to.
#pragma once

#include <veche/host.h>

#include <string>
#include <vector>

namespace veche::metrics {

struct TestMetric {
  uint32_t kind = VECHE_METRIC_COUNTER;
  std::string name;
  int64_t value = 0;
  double scale = 1;
  std::vector<veche_metric_label> labels;
  std::string plugin;
  std::vector<int64_t> bounds;
  std::vector<uint64_t> counts;
  std::string help = "Help";

  veche_metric_info info() const {
    veche_metric_info info{};
    info.struct_size = sizeof info;
    info.kind = kind;
    info.plugin = plugin.c_str();
    info.name = name.c_str();
    info.help = help.c_str();
    info.value = value;
    info.scale = scale;
    info.bounds = bounds.data();
    info.counts = counts.data();
    info.bound_count = static_cast<uint32_t>(bounds.size());
    info.labels = labels.data();
    info.label_count = static_cast<uint32_t>(labels.size());
    return info;
  }
};

/// One of each kind.
inline std::vector<TestMetric> samples() {
  return {
      {.kind = VECHE_METRIC_GAUGE, .name = "veche_rooms", .value = 2},
      {.name = "veche_packets_dropped_total", .value = 3, .labels = {{"reason", "stale"}}},
      {.name = "veche_packets_dropped_total", .value = 4, .labels = {{"reason", "\"a\\b\n"}}},
      {.kind = VECHE_METRIC_HISTOGRAM,
       .name = "veche_forward_latency_seconds",
       .value = 61'000'000,
       .scale = 1e-9,
       .bounds = {30'000'000, 1'000'000'000},
       .counts = {2, 1, 1}},
      {.name = "turns", .value = 7, .plugin = "my-plugin", .help = ""},
  };
}

}  // namespace veche::metrics
