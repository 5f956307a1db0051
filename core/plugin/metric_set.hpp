// SPDX-License-Identifier: Apache-2.0
// The metrics of one plugin: added on control, changed on any thread without a lock.
#pragma once

#include <veche/host.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

/// Plugins hold pointers to these.
struct veche_metric {
  veche_metric(uint32_t kind_, std::string name_, std::string help_, std::vector<int64_t> bounds_)
      : kind(kind_),
        name(std::move(name_)),
        help(std::move(help_)),
        bounds(std::move(bounds_)),
        counts(kind == VECHE_METRIC_HISTOGRAM ? bounds.size() + 1 : 0) {}

  /// [any] Relaxed: nothing else is published with it.
  void add(int64_t amount) noexcept;
  void set(int64_t to) noexcept;

  const uint32_t kind;
  const std::string name, help;
  const std::vector<int64_t> bounds;  ///< Inclusive upper ones, ascending.
  std::atomic<int64_t> value{0};      ///< Of a histogram the sum.
  std::vector<std::atomic<uint64_t>> counts;
};

namespace veche::plugin {

/// A metric as it is now.
struct MetricInfo {
  uint32_t kind = VECHE_METRIC_COUNTER;
  std::string name, help;
  int64_t value = 0;
  std::vector<int64_t> bounds;
  std::vector<uint64_t> counts;
};

/// [control], except for the metrics themselves, which live as long as the set.
class MetricSet {
 public:
  static constexpr size_t kMaxMetrics = 256, kMaxBounds = 32, kMaxNameLength = 64;

  explicit MetricSet(std::string plugin) : plugin_(std::move(plugin)) {}
  const std::string& plugin() const { return plugin_; }

  /// InvalidArgument, Conflict for a name that exists, Exhausted.
  Result<veche_metric*> add(uint32_t kind, std::string name, std::string help,
                            std::span<const int64_t> bounds);
  std::vector<MetricInfo> read() const;

 private:
  const std::string plugin_;
  std::deque<veche_metric> metrics_;  ///< Never moved: plugins hold pointers.
};

}  // namespace veche::plugin
