// SPDX-License-Identifier: Apache-2.0
// What the configuration says of plugins, and what is wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/hook_timer.hpp"

namespace veche::plugin {

struct PluginRequest {
  std::string name;  ///< "forwarding": found as <plugin_dir>/forwarding.so unless there is a path.
  std::string path;
  bool required = false;
  std::string config = "{}";    ///< A JSON object.
  bool serves_metrics = false;  ///< GET /metrics is its route of that name. Of one plugin only.
  TimeLimits time_limits;
  bool disable_when_slow = false;  ///< Otherwise slow calls are only reported.
  bool public_metrics = false;     ///< GET /metrics asks for no key.

  friend bool operator==(const PluginRequest&, const PluginRequest&) = default;
};

struct HostSettings {
  std::vector<PluginRequest> plugins;  ///< Loaded in this order.
  std::vector<std::string> plugin_dirs;
};

/// Which libraries a check may open, which runs their static constructors.
enum class Opening {
  All = 1,
  None,  ///< Only those that are open already: a server in use only looks at the other files.
};

/// A problem in one plugin's part of the configuration.
struct PluginProblem {
  std::string name;     ///< Of the plugin.
  uint32_t index = 0;   ///< In HostSettings::plugins.
  std::string pointer;  ///< Within its config, "" for the plugin itself.
  std::string detail;
};

}  // namespace veche::plugin
