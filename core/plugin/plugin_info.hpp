// SPDX-License-Identifier: Apache-2.0
// What GET /v1/plugins shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/metric_set.hpp"

namespace veche::plugin {

struct HookInfo {
  std::string name;  ///< "selector.select"
  uint64_t calls = 0, total_ns = 0, max_ns = 0;
  uint64_t slow = 0, limit_ns = 0;  ///< Calls that took longer than the limit; 0: there is none.
  uint64_t failures = 0;            ///< Calls that ended with an exception.
};

struct RouteInfo {
  std::string method, pattern, summary;
  std::string access;  ///< As access_name() says.
};

/// What GET /v1/plugins shows.
struct PluginInfo {
  std::string name, path, id, version, license, summary;
  std::string state;  ///< "running", "hanging", "failed", "disabling", "disabled" or "stopped"
  std::string error;  ///< Why it failed, or what hangs.
  std::string config_schema;
  bool required = false;
  bool serves_metrics = false;
  std::vector<std::string> offers;
  std::vector<RouteInfo> routes;  ///< While it runs.
  std::vector<HookInfo> hooks;
  std::vector<MetricInfo> metrics;  ///< While it runs.
  uint64_t bad_verdicts = 0, bad_decisions = 0;
  uint64_t wrong_thread = 0;  ///< Calls of host services on threads where they must not be called.
};

}  // namespace veche::plugin
