// SPDX-License-Identifier: Apache-2.0
// The plugin host: loads the plugins that the configuration lists, and offers their extensions to
// the server.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/metric.hpp"
#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "media/selector.hpp"
#include "plugin/plugin_info.hpp"
#include "plugin/plugin_request.hpp"
#include "room/server.hpp"

namespace veche::plugin {

class HttpRoutesAdapter;

/// [control] all of it.
class Host {
 public:
  /// Loads, creates and starts the plugins. A plugin that fails is listed as failed; a required one
  /// fails the host.
  static Result<std::unique_ptr<Host>> load(glib::ControlLoop& loop, const HostSettings& settings);
  /// Finds, inspects and validates without running any plugin code beyond its load.
  static std::vector<PluginProblem> check(const HostSettings& settings,
                                          Opening opening = Opening::All);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// From now on the plugins decide for the engine, observe the rooms, and may be disabled. Both
  /// outlive the attachment, which ends with detach().
  void attach(media::Engine& engine, room::Server& rooms);
  void detach();

  std::vector<PluginInfo> plugins() const;
  /// NotFound, or Conflict if it does not run. Calls go on without the plugin's decisions. `done`
  /// is called on control, once, when the plugin has been destroyed.
  void disable(const std::string& name, std::function<void(Status)> done);
  /// Loads, creates and starts a plugin that was disabled or has failed. NotFound, Conflict if it
  /// runs, or why it failed again.
  Status enable(const std::string& name);
  /// Gives the plugin of that name, and of the same path, other settings. Disables and enables a
  /// running plugin, while calls go on; starts a failed one again; a disabled one has them when it
  /// is enabled. If the plugin does not start with them, it gets its former settings back, and
  /// `done` says why. `done` is called on control, once. NotFound.
  void reconfigure(const PluginRequest& request, std::function<void(Status)> done);

  /// Null if no running plugin offers it; at most one does. Valid while the plugin runs.
  media::Selector* selector();
  media::PacketPolicy* packet_policy();
  /// The routes of a running plugin; null if there is none of that name, or it has none.
  HttpRoutesAdapter* http_routes(std::string_view name) const;
  /// The names of the running plugins that have any.
  std::vector<std::string> plugins_with_routes() const;
  /// The name of the plugin whose route is GET /metrics as long as it runs; "" if there is none.
  std::string metrics_plugin() const;
  bool metrics_are_public() const;
  /// Shows them to plugins that ask, before the metrics of the host itself. Null: there are none.
  void use_server_metrics(std::function<void(MetricSink&)> put);
  /// Hands an event to all observers.
  void on_event(const room::Event& event);
  /// Stops and destroys the plugins in reverse order. Lanes must have stopped calling hooks.
  void stop();

 private:
  class State;
  explicit Host(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace veche::plugin
