// SPDX-License-Identifier: Apache-2.0
// How long requests take, by route, and how they end.
#include "http/connection/route_times.hpp"

#include <algorithm>

#include "http/api/plugin_routes.hpp"
#include "plugin/http_routes.hpp"

namespace veche::http {
namespace {

/// In ns, from 0.5 ms to 5 s.
constexpr std::array<int64_t, 13> kBounds{
    500'000,     1'000'000,   2'000'000,   5'000'000,     10'000'000,    20'000'000,   50'000'000,
    100'000'000, 200'000'000, 500'000'000, 1'000'000'000, 2'000'000'000, 5'000'000'000};
constexpr char kAnyMethod[] = "any";

}  // namespace

RouteTimes::RouteTimes(const Router& router) {
  router.for_each([this](const Route& route) { times_.try_emplace(name_of(&route), kBounds); });
  times_.try_emplace({"GET", plugin::kMetricsPattern}, kBounds);
  times_.try_emplace({kAnyMethod, kPluginPattern}, kBounds);
  times_.try_emplace({"GET", "/*"}, kBounds);
  times_.try_emplace({kAnyMethod, "none"}, kBounds);
}

RouteTimes::Name RouteTimes::name_of(const Route* route) {
  if (!route) return {kAnyMethod, "none"};
  if (route->pattern == kPluginPattern) return {kAnyMethod, kPluginPattern};
  return {route->method, route->pattern.empty() ? "/*" : route->pattern};
}

void RouteTimes::add(const Route* route, int status, int64_t duration_ns) {
  const auto found = times_.find(name_of(route));
  if (found != times_.end()) found->second.add(duration_ns);
  responses_[static_cast<size_t>(std::clamp(status / 100, 0, 5))] += 1;
}

void RouteTimes::put_metrics(MetricSink& sink) const {
  for (const auto& [name, times] : times_) {
    sink.histogram("veche_http_request_duration_seconds",
                   "From the begin of a request until it was answered, by route", times.read(),
                   MetricSink::kNs, {{"method", name.first}, {"route", name.second}});
  }
  for (size_t digit = 1; digit < responses_.size(); ++digit) {
    const std::string kind = std::to_string(digit) + "xx";
    sink.counter("veche_http_responses_total", "Answers, by the first digit of their status",
                 responses_[digit], {{"status", kind}});
  }
}

}  // namespace veche::http
