// SPDX-License-Identifier: Apache-2.0
// How long requests take, by route, and how they end.
#include "http/connection/route_times.hpp"

#include <algorithm>

namespace veche::http {
namespace {

constexpr char kPages[] = "/*";
constexpr char kNoRoute[] = "none";
/// In ns, from 0.5 ms to 5 s.
constexpr std::array<int64_t, 13> kBounds{
    500'000,     1'000'000,   2'000'000,   5'000'000,     10'000'000,    20'000'000,   50'000'000,
    100'000'000, 200'000'000, 500'000'000, 1'000'000'000, 2'000'000'000, 5'000'000'000};

}  // namespace

RouteTimes::RouteTimes(const Router& router, const std::vector<Name>& others) {
  router.for_each([this](const Route& route) {
    times_.try_emplace({route.method, route.pattern}, kBounds);
  });
  for (const Name& name : others) times_.try_emplace(name, kBounds);
  times_.try_emplace({"GET", kPages}, kBounds);
  times_.try_emplace({kAnyMethod, kNoRoute}, kBounds);
}

void RouteTimes::add(const Route* route, int status, int64_t duration_ns) {
  const std::string pattern = !route ? kNoRoute : route->pattern.empty() ? kPages : route->pattern;
  auto found = times_.find({route ? route->method : kAnyMethod, pattern});
  if (found == times_.end()) found = times_.find({kAnyMethod, pattern});
  if (found != times_.end()) found->second.add(duration_ns);
  responses_[static_cast<size_t>(std::clamp(status / 100, 0, 5))] += 1;
}

void RouteTimes::put_metrics(MetricSink& sink) const {
  for (const auto& [name, times] : times_) {
    sink.histogram("veche_http_request_duration_seconds",
                   "From the beginning of a request to its answer, by route", times.read(),
                   MetricSink::kNs, {{"method", name.first}, {"route", name.second}});
  }
  for (size_t digit = 1; digit < responses_.size(); ++digit) {
    const std::string kind = std::to_string(digit) + "xx";
    sink.counter("veche_http_responses_total", "Answers, by the first digit of their status",
                 responses_[digit], {{"status", kind}});
  }
}

}  // namespace veche::http
