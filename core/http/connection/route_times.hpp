// SPDX-License-Identifier: Apache-2.0
// How long requests take, by route, and how they end.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/histogram.hpp"
#include "base/metric.hpp"
#include "http/protocol/router.hpp"

namespace veche::http {

/// [control] Routes are named by their patterns, so that the number of series does not grow.
class RouteTimes {
 public:
  using Name = std::pair<std::string, std::string>;  ///< Method and pattern.
  static constexpr char kAnyMethod[] = "any";

  /// All routes of the router, and the `others`, which it does not know. Pages and requests
  /// without a route have a name each.
  RouteTimes(const Router& router, const std::vector<Name>& others);

  /// A request was answered. `route`: null if none fits.
  void add(const Route* route, int status, int64_t duration_ns);
  void put_metrics(MetricSink& sink) const;

 private:
  std::map<Name, Histogram> times_;
  std::array<uint64_t, 6> responses_{};  ///< By the first digit of the status.
};

}  // namespace veche::http
