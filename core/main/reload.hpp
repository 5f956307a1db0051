// SPDX-License-Identifier: Apache-2.0
// SIGHUP: reads the configuration again, and applies what can change during calls.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "events/webhooks/webhooks.hpp"
#include "http/server.hpp"
#include "main/config.hpp"
#include "plugin/host.hpp"
#include "room/server.hpp"

namespace veche::main {

/// Warns of what works, and is seldom wanted.
void log_advice(const std::vector<glib::SchemaProblem>& advice);

/// The keys whose new values count only after a restart. Pure.
std::vector<std::string> restart_needed(const Config& running, const Config& next);

/// The settings of plugins that differ from the `current` ones; only of those that were `started`,
/// from the same path. Pure.
std::vector<plugin::PluginRequest> changed_plugins(const Config& started, const Config& current,
                                                   const Config& next);

/// What is not allowed while the server listens where it was `started`. Pure.
std::vector<glib::SchemaProblem> problems_until_restart(const Config& started, const Config& next);

/// [control] all of it.
class Reload {
 public:
  /// `read` gives the configuration as it is now, checked, with the plugins' parts. The layers
  /// outlive this.
  Reload(Config running, std::function<LoadedConfig()> read, plugin::Host& plugins,
         room::Server& rooms, http::Server& http, events::Webhooks& webhooks);

  /// All or nothing, except that plugins that fail to start with their new settings keep the old
  /// ones. The log says what happened.
  void run();

 private:
  void swap_plugins(const Config& next);

  const Config started_;  ///< In effect until a restart.
  Config current_;
  const std::function<LoadedConfig()> read_;
  plugin::Host& plugins_;
  room::Server& rooms_;
  http::Server& http_;
  events::Webhooks& webhooks_;
};

}  // namespace veche::main
