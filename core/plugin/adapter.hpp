// SPDX-License-Identifier: Apache-2.0
// One extension of one plugin as the server uses it: given when the plugin starts, taken back
// before it stops.
#pragma once

#include <veche/plugin.h>

#include <functional>
#include <memory>

#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "plugin/hook_timer.hpp"
#include "plugin/plugin_info.hpp"
#include "plugin/plugin_request.hpp"

namespace veche::media {
class Engine;
}
namespace veche::room {
class Server;
}

namespace veche::plugin {

class Services;

/// What adapters are made from. All of it outlives them.
struct Binding {
  const PluginRequest& request;
  glib::ControlLoop& loop;
  veche_plugin* self;
  HookTimers& timers;
  Services& services;
  bool selects = false;  ///< The plugin offers a selector, and so it is the one that selects.
};

/// [control] all of it.
class Adapter {
 public:
  Adapter() = default;
  virtual ~Adapter() = default;
  Adapter(const Adapter&) = delete;
  Adapter& operator=(const Adapter&) = delete;

  /// Lets the engine and the rooms call the plugin from now on. Both outlive the adapter, or
  /// leave() is called before they end.
  virtual void give(media::Engine&, room::Server&) {}
  /// Takes the extension back from the rooms. The engine may go on calling the plugin until it
  /// ends.
  virtual void leave(room::Server&) {}
  /// Takes the extension back while calls go on. `done` is called once, possibly from within: no
  /// thread calls the plugin's hooks any more.
  virtual void take(media::Engine&, room::Server& rooms, const std::function<void()>& done) {
    leave(rooms);
    done();
  }
  /// Adds what this extension shows in GET /v1/plugins.
  virtual void describe(PluginInfo&) const {}
};

}  // namespace veche::plugin
