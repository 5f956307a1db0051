// SPDX-License-Identifier: Apache-2.0
// The service veche.metrics/2.
#include "base/log.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/host_services.hpp"
#include "plugin/metric_set.hpp"
#include "plugin/services.hpp"

namespace veche::plugin {
namespace {

veche_metric* add_metric(const veche_host* host, uint32_t kind, const char* name, const char* help,
                         const int64_t* bounds, uint32_t bound_count) {
  Services* services = Services::of(host);
  if (!services || !name || !services->expect_control("veche_metrics.add_metric")) return nullptr;
  const std::span<const int64_t> all(bounds, bounds ? bound_count : 0);
  auto added = services->metrics().add(kind, plugin_text(name), plugin_text(help), all);
  if (added) return *added;
  services->complain(added.error().message);
  return nullptr;
}

void add(veche_metric* metric, int64_t amount) {
  if (metric) metric->add(amount);
}

void set(veche_metric* metric, int64_t value) {
  if (metric) metric->set(value);
}

using Visitor = int32_t (*)(void* data, const veche_metric_info* metric);

void visit(const veche_host* host, Visitor visitor, void* data) {
  const Services* services = Services::of(host);
  if (!services || !visitor || !services->expect_control("veche_metrics.visit")) return;
  for (const MetricSet* set : services->surroundings().metric_sets) {
    for (const MetricInfo& metric : set->read()) {
      veche_metric_info info{};
      info.struct_size = sizeof info;
      info.kind = metric.kind;
      info.plugin = set->plugin().c_str();
      info.name = metric.name.c_str();
      info.help = metric.help.c_str();
      info.value = metric.value;
      info.bounds = metric.bounds.data();
      info.counts = metric.counts.data();
      info.bound_count = static_cast<uint32_t>(metric.bounds.size());
      info.scale = 1;
      if (visitor(data, &info) != VECHE_VISIT_NEXT) return;
    }
  }
}

uint32_t abi_kind(MetricSample::Kind kind) {
  switch (kind) {
    case MetricSample::Kind::Gauge: return VECHE_METRIC_GAUGE;
    case MetricSample::Kind::Histogram: return VECHE_METRIC_HISTOGRAM;
    default: return VECHE_METRIC_COUNTER;
  }
}

void visit_server(const veche_host* host, Visitor visitor, void* data) {
  const Services* services = Services::of(host);
  if (!services || !visitor || !services->expect_control("veche_metrics.visit_server")) return;
  const auto& put_all = services->surroundings().server_metrics;
  if (!put_all) return;
  bool has_ended = false;
  MetricSink sink([&](const MetricSample& metric) {
    if (has_ended) return;
    std::vector<std::string> values;
    std::vector<veche_metric_label> labels;
    for (const MetricLabel& label : metric.labels) values.emplace_back(label.value);
    for (size_t i = 0; i < values.size(); ++i) {
      labels.push_back({metric.labels[i].name, values[i].c_str()});
    }
    veche_metric_info info{};
    info.struct_size = sizeof info;
    info.kind = abi_kind(metric.kind);
    info.plugin = "";
    info.name = metric.name;
    info.help = metric.help;
    info.value = metric.value;
    info.scale = metric.scale;
    if (metric.histogram) {
      info.bounds = metric.histogram->bounds.data();
      info.counts = metric.histogram->counts.data();
      info.bound_count = static_cast<uint32_t>(metric.histogram->bounds.size());
    }
    info.labels = labels.data();
    info.label_count = static_cast<uint32_t>(labels.size());
    has_ended = visitor(data, &info) != VECHE_VISIT_NEXT;
  });
  put_all(sink);
}

}  // namespace

const veche_metrics kMetricsService = {.struct_size = sizeof(veche_metrics),
                                       .add_metric = add_metric,
                                       .add = add,
                                       .set = set,
                                       .visit = visit,
                                       .visit_server = visit_server};

}  // namespace veche::plugin
