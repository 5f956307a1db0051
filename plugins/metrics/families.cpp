// SPDX-License-Identifier: Apache-2.0
// Converts the server's numbers into families of prometheus-cpp.
#include "metrics/families.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "metrics/open_metrics.hpp"

namespace veche::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Unit {
  std::string_view suffix, base;
  double scale;
};
/// The units at the end of plugins' names, and the base units that Prometheus expects.
constexpr std::array<Unit, 8> kUnits{{{"_ns", "_seconds", 1e-9},
                                      {"_us", "_seconds", 1e-6},
                                      {"_ms", "_seconds", 1e-3},
                                      {"_s", "_seconds", 1},
                                      {"_kb", "_bytes", 1024},
                                      {"_mb", "_bytes", 1024.0 * 1024},
                                      {"_percent", "_ratio", 1e-2},
                                      {"_permille", "_ratio", 1e-3}}};

bool take_suffix(std::string& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

/// Divides by a whole number, which rounds once: 0.03 stays 0.03.
double scaled(double value, double scale) {
  return scale < 1 ? value / std::round(1 / scale) : value * scale;
}

MetricType type_of(uint32_t kind) {
  switch (kind) {
    case VECHE_METRIC_GAUGE: return MetricType::Gauge;
    case VECHE_METRIC_HISTOGRAM: return MetricType::Histogram;
    default: return MetricType::Counter;
  }
}

void fill_histogram(ClientMetric::Histogram& out, const veche_metric_info& metric, double scale) {
  uint64_t count = 0;
  for (uint32_t i = 0; i < metric.bound_count; ++i) {
    count += metric.counts[i];
    out.bucket.push_back({count, scaled(static_cast<double>(metric.bounds[i]), scale)});
  }
  out.sample_count = count + metric.counts[metric.bound_count];
  out.sample_sum = scaled(static_cast<double>(metric.value), scale);
}

}  // namespace

ExportName export_name(std::string_view plugin, std::string_view name, uint32_t kind) {
  ExportName result;
  std::string rest(name);
  take_suffix(rest, kCounterSuffix);
  for (const Unit& unit : kUnits) {
    if (!take_suffix(rest, unit.suffix)) continue;
    rest += unit.base;
    result.scale = unit.scale;
    break;
  }
  result.name = "veche_plugin_" + std::string(plugin) + "_" + rest;
  std::replace_if(
      result.name.begin(), result.name.end(),
      [](char c) { return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')); }, '_');
  if (kind == VECHE_METRIC_COUNTER) result.name += kCounterSuffix;
  return result;
}

MetricFamily& Families::family_of(const std::string& name, const veche_metric_info& metric) {
  // Metrics of the same name are adjacent.
  if (!families_.empty() && families_.back().name == name) return families_.back();
  MetricFamily& family = families_.emplace_back();
  family.name = name;
  family.help = metric.help;
  // promtool demands a help text, and a plugin may have given none.
  if (family.help.empty()) family.help = "Counted by the plugin " + std::string(metric.plugin);
  family.type = type_of(metric.kind);
  return family;
}

void Families::add(const veche_metric_info& metric) {
  const bool is_server = metric.plugin[0] == '\0';
  const ExportName name = is_server ? ExportName{metric.name, metric.scale}
                                    : export_name(metric.plugin, metric.name, metric.kind);
  ClientMetric& one = family_of(name.name, metric).metric.emplace_back();
  for (uint32_t i = 0; i < metric.label_count; ++i) {
    one.label.push_back({metric.labels[i].name, metric.labels[i].value});
  }
  const double value = scaled(static_cast<double>(metric.value), name.scale);
  switch (type_of(metric.kind)) {
    case MetricType::Gauge: one.gauge.value = value; break;
    case MetricType::Histogram: fill_histogram(one.histogram, metric, name.scale); break;
    default: one.counter.value = value;
  }
}

size_t count_series(const std::vector<MetricFamily>& families) {
  size_t count = 0;
  for (const MetricFamily& family : families) {
    for (const ClientMetric& metric : family.metric) {
      // Plus the bucket +Inf, the sum and the count.
      count += family.type == MetricType::Histogram ? metric.histogram.bucket.size() + 3 : 1;
    }
  }
  return count;
}

}  // namespace veche::metrics
