// SPDX-License-Identifier: Apache-2.0
// What a host has: the plugins, where their extensions are in use, and those that are being
// disabled.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/metric.hpp"
#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "plugin/host.hpp"
#include "plugin/roster.hpp"

namespace veche::plugin {

/// [control] all of it.
class Host::State {
 public:
  State(glib::ControlLoop& loop, std::vector<std::string> plugin_dirs)
      : loop_(loop), roster_(loop, std::move(plugin_dirs)) {}
  ~State() { stop(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Status add(const PluginRequest& request) { return roster_.add(request); }
  const Roster::Instances& instances() const { return roster_.instances(); }

  /// The first of all plugins' adapters that is a Hooks; null if there is none.
  template <class Hooks>
  Hooks* find() const {
    for (const auto& instance : instances()) {
      if (Hooks* hooks = instance->template find<Hooks>()) return hooks;
    }
    return nullptr;
  }

  // As those of the host.
  void attach(media::Engine& engine, room::Server& rooms);
  void detach();
  void use_server_metrics(std::function<void(MetricSink&)> put);
  void disable(const std::string& name, std::function<void(Status)> done);
  Status enable(const std::string& name);
  void reconfigure(const PluginRequest& request, std::function<void(Status)> done);
  void stop();

 private:
  /// A plugin that is being disabled. The adapters own it.
  struct Waiting {
    std::shared_ptr<PluginInstance> instance;
    std::function<void(Status)> done;  ///< Null once it has been called.

    void answer(const Status& status) {
      if (const auto call = std::exchange(done, nullptr)) call(status);
    }
  };

  static Error unknown(const std::string& name);
  Status start(size_t index);
  /// With its settings, or else with those that it had.
  Status start_again(size_t index, const PluginRequest& former);
  void look_at_times(int64_t now_ns);
  void look_at_faults(int64_t now_ns);
  /// A hook that hangs may never return: the caller gets an answer nevertheless.
  void give_up_waiting(int64_t now_ns);
  void give(PluginInstance& instance);
  void take(PluginInstance& instance, const std::shared_ptr<void>& latch);

  glib::ControlLoop& loop_;
  Roster roster_;
  media::Engine* engine_ = nullptr;  ///< Null, like the rooms, unless attached.
  room::Server* rooms_ = nullptr;
  glib::Timer watch_timer_;
  std::vector<std::weak_ptr<Waiting>> waiting_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< Until stop().
};

}  // namespace veche::plugin
