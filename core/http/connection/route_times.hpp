// SPDX-License-Identifier: Apache-2.0
// How long requests take, by route, and how they end.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/histogram.hpp"
#include "base/metric.hpp"
#include "http/protocol/router.hpp"

namespace veche::http {

/// [control] Routes are named by their patterns, so that their number does not grow.
class RouteTimes {
 public:
  /// All routes of the router; routes of plugins, pages, and what is no route have a name each.
  explicit RouteTimes(const Router& router);

  /// A request was answered. `route`: null if none fits.
  void add(const Route* route, int status, int64_t duration_ns);
  void put_metrics(MetricSink& sink) const;

 private:
  using Name = std::pair<std::string, std::string>;  ///< Method and pattern.
  static Name name_of(const Route* route);

  std::map<Name, Histogram> times_;
  std::array<uint64_t, 6> responses_{};  ///< By the first digit of the status.
};

}  // namespace veche::http
