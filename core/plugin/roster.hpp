// SPDX-License-Identifier: Apache-2.0
// The plugins of the configuration, in its order, running or not: a plugin starts only if it can
// run beside those that do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "plugin/plugin_instance.hpp"
#include "plugin/plugin_request.hpp"
#include "plugin/surroundings.hpp"

namespace veche::plugin {

/// Finds, inspects and validates without running any plugin code beyond its load.
std::vector<PluginProblem> check_plugins(const HostSettings& settings, Opening opening);

/// [control] all of it.
class Roster {
 public:
  /// Shared with calls that end an instance later.
  using Instances = std::vector<std::shared_ptr<PluginInstance>>;

  /// The loop outlives the roster.
  Roster(glib::ControlLoop& loop, std::vector<std::string> plugin_dirs)
      : loop_(loop), plugin_dirs_(std::move(plugin_dirs)) {}

  /// Adds the plugin, running or failed. An error only if it is required.
  Status add(const PluginRequest& request);
  /// Puts a new instance into that place, running or failed.
  Status start(size_t index);
  /// The request for that place from its next start on; returns the former one.
  PluginRequest replace_request(size_t index, PluginRequest request);
  /// By an event of the server, once there are rooms: those that have not started.
  void tell_failed() const;
  /// Likewise, that this plugin has failed.
  void tell(const std::string& name, const char* reason, const std::string& detail) const;
  /// Stops all, in reverse order.
  void stop();

  /// The number of all if there is none of that name.
  size_t index_of(const std::string& name) const;
  /// Null if there is none of that name.
  std::shared_ptr<PluginInstance> find(const std::string& name) const;
  const Instances& instances() const { return instances_; }
  Surroundings& surroundings() { return surroundings_; }

 private:
  std::string refusal_of(size_t index, const Candidate& candidate) const;

  glib::ControlLoop& loop_;
  const std::vector<std::string> plugin_dirs_;
  Surroundings surroundings_;
  Instances instances_;
  std::vector<PluginRequest> requests_;  ///< Of each instance; newer than its own while it ends.
};

}  // namespace veche::plugin
