// SPDX-License-Identifier: Apache-2.0
// Checks metrics as they are added, and counts.
#include "plugin/metric_set.hpp"

#include <algorithm>
#include <functional>

#include "base/characters.hpp"

void veche_metric::add(int64_t amount) noexcept {
  if (kind == VECHE_METRIC_COUNTER && amount < 0) return;
  value.fetch_add(amount, std::memory_order_relaxed);
  if (kind != VECHE_METRIC_HISTOGRAM) return;
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), amount);
  counts[static_cast<size_t>(bound - bounds.begin())].fetch_add(1, std::memory_order_relaxed);
}

void veche_metric::set(int64_t to) noexcept {
  if (kind == VECHE_METRIC_GAUGE) value.store(to, std::memory_order_relaxed);
}

namespace veche::plugin {
namespace {

bool is_metric_name(const std::string& name) {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '_'; };
  return !name.empty() && name.size() <= MetricSet::kMaxNameLength && is_lower(name[0]) &&
         std::all_of(name.begin(), name.end(), allowed);
}

bool is_ascending(std::span<const int64_t> bounds) {
  return std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) == bounds.end();
}

}  // namespace

Result<veche_metric*> MetricSet::add(uint32_t kind, std::string name, std::string help,
                                     std::span<const int64_t> bounds) {
  if (!is_metric_name(name)) {
    return invalid("the name of a metric must match [a-z][a-z0-9_]{0,63}, not \"" + name + "\"");
  }
  const bool is_histogram = kind == VECHE_METRIC_HISTOGRAM;
  if (kind != VECHE_METRIC_COUNTER && kind != VECHE_METRIC_GAUGE && !is_histogram) {
    return invalid("metric " + name + ": there is no kind " + std::to_string(kind));
  }
  if (is_histogram ? bounds.empty() || bounds.size() > kMaxBounds || !is_ascending(bounds)
                   : !bounds.empty()) {
    return invalid("metric " + name + ": a histogram has 1 to " + std::to_string(kMaxBounds) +
                   " ascending bounds, all others have none");
  }
  const bool exists = std::any_of(metrics_.begin(), metrics_.end(),
                                  [&](const veche_metric& metric) { return metric.name == name; });
  if (exists) return Error{ErrorCode::Conflict, "metric " + name + " has been added already"};
  if (metrics_.size() >= kMaxMetrics) {
    return Error{ErrorCode::Exhausted,
                 "metric " + name + ": a plugin may have " + std::to_string(kMaxMetrics)};
  }
  return &metrics_.emplace_back(kind, std::move(name), std::move(help),
                                std::vector<int64_t>(bounds.begin(), bounds.end()));
}

std::vector<MetricInfo> MetricSet::read() const {
  std::vector<MetricInfo> all;
  for (const veche_metric& metric : metrics_) {
    MetricInfo& info = all.emplace_back();
    info.kind = metric.kind;
    info.name = metric.name;
    info.help = metric.help;
    info.value = metric.value.load(std::memory_order_relaxed);
    info.bounds = metric.bounds;
    for (const auto& count : metric.counts) {
      info.counts.push_back(count.load(std::memory_order_relaxed));
    }
  }
  return all;
}

}  // namespace veche::plugin
