// SPDX-License-Identifier: Apache-2.0
// The plugin host: loads the plugins that the configuration lists, and offers their extensions to
// the server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/metric.hpp"
#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "media/selector.hpp"
#include "plugin/hook_timer.hpp"
#include "plugin/metric_set.hpp"
#include "room/server.hpp"

namespace veche::plugin {

class HttpRoutesAdapter;

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

struct HookInfo {
  std::string name;  ///< "selector.select"
  uint64_t calls = 0, total_ns = 0, max_ns = 0;
  uint64_t slow = 0, limit_ns = 0;  ///< Calls that took longer than the limit; 0: there is none.
  uint64_t failures = 0;            ///< Calls that ended with an exception.
};

struct RouteInfo {
  std::string method, pattern, summary;
  std::string access;  ///< "read", "rooms", "admin", "metrics" or "anybody"
};

/// What GET /v1/plugins shows.
struct PluginInfo {
  std::string name, path, id, version, license, summary;
  std::string state;  ///< "running", "failed", "disabling", "disabled" or "stopped"
  std::string error;  ///< Why it failed.
  std::string config_schema;
  bool required = false;
  bool serves_metrics = false;
  std::vector<std::string> offers;
  std::vector<RouteInfo> routes;  ///< While it runs.
  std::vector<HookInfo> hooks;
  std::vector<MetricInfo> metrics;  ///< While it runs.
  uint64_t bad_verdicts = 0, bad_targets = 0;
  uint64_t wrong_thread = 0;  ///< Calls of host services on threads where they must not be called.
};

/// A problem in one plugin's part of the configuration.
struct PluginProblem {
  std::string name;     ///< Of the plugin.
  uint32_t index = 0;   ///< In HostSettings::plugins.
  std::string pointer;  ///< Within its config, "" for the plugin itself.
  std::string detail;
};

/// [control] all of it.
class Host {
 public:
  /// Loads, creates and starts the plugins. A plugin that fails is listed as failed; a required one
  /// fails the host.
  static Result<std::unique_ptr<Host>> load(glib::ControlLoop& loop, const HostSettings& settings);
  /// Finds, inspects and validates without running any plugin code beyond its load.
  static std::vector<PluginProblem> check(const HostSettings& settings);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// From now on the plugins decide for the engine, observe the rooms, and may be disabled. Both
  /// outlive the attachment, which ends with detach().
  void attach(media::Engine& engine, room::Server& rooms);
  void detach();

  std::vector<PluginInfo> plugins() const;
  /// NotFound, or Conflict if it does not run. Calls go on: what the plugin decided is not decided
  /// any more. `done` is called on control, once, when the plugin has been destroyed.
  void disable(const std::string& name, std::function<void(Status)> done);
  /// Loads, creates and starts a plugin that was disabled or has failed. NotFound, Conflict if it
  /// runs, or why it failed again.
  Status enable(const std::string& name);
  /// Gives the plugin of that name, and of the same path, other settings: one that runs is disabled
  /// and enabled again, while calls go on; one that has failed is started again; one that is
  /// disabled has them when it is enabled. If it does not start with them it gets back those that
  /// it had, and `done` says why. `done` is called on control, once. NotFound.
  void reconfigure(const PluginRequest& request, std::function<void(Status)> done);

  /// Null if no running plugin offers it; at most one does. The hooks are gone with the plugin.
  media::Selector* selector();
  media::PacketPolicy* packet_policy();
  /// The routes of a running plugin; null if there is none of that name, or it has none.
  HttpRoutesAdapter* http_routes(std::string_view name) const;
  /// The name of the plugin whose route is GET /metrics as long as it runs; "" if there is none.
  std::string metrics_plugin() const;
  bool metrics_are_public() const;
  /// Shown to plugins that ask, before what the host counts itself. Null: there are none.
  void use_server_metrics(std::function<void(MetricSink&)> put);
  /// Hands an event to all observers.
  void on_event(const room::Event& event);
  /// Stops and destroys the plugins in reverse order. Lanes must not call hooks any more.
  void stop();

 private:
  class State;
  explicit Host(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace veche::plugin
