// SPDX-License-Identifier: Apache-2.0
// One loaded plugin: its life from create to destroy, and the adapters of what it offers.
#pragma once

#include <veche/observer.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "plugin/adapter.hpp"
#include "plugin/candidate.hpp"
#include "plugin/fault_watch.hpp"
#include "plugin/hang_watch.hpp"
#include "plugin/hook_timer.hpp"
#include "plugin/plugin_info.hpp"
#include "plugin/services.hpp"
#include "plugin/time_watch.hpp"

namespace veche::plugin {

/// [control] all of it, except for what the adapters are asked.
class PluginInstance {
 public:
  enum class State { Loaded = 1, Created, Running, Disabling, Disabled, Stopped, Failed };

  /// Loop and surroundings outlive the instance. A candidate with problems makes a failed instance.
  PluginInstance(glib::ControlLoop& loop, Surroundings& surroundings, Candidate candidate);
  ~PluginInstance() { stop(); }
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  /// Refuses a plugin that has not been started.
  void refuse(std::string reason);
  /// From Loaded to Running; otherwise to Failed, with nothing left behind. Only once.
  Status start();
  /// From Running to Disabling: it gets no more events, and its adapters are about to be taken.
  void quiesce();
  /// From Disabling to Disabled. No thread calls its hooks any more.
  void disable();
  /// Detaches the hooks, cancels timers and posts, stops and destroys. Does nothing if it does not
  /// run.
  void stop();

  State state() const { return state_; }
  /// No other plugin may offer its exclusive extensions, or have its id.
  bool is_in_the_way() const { return state_ == State::Running || state_ == State::Disabling; }
  const std::string& error() const { return error_; }
  const Candidate& candidate() const { return candidate_; }
  PluginInfo info() const;
  const HookTimers& timers() const { return timers_; }

  /// Once a second while it runs.
  TimeWatch::Verdict look_at_times(int64_t now_ns) { return watch_.look(timers_, now_ns); }
  /// Once a second while it runs: lines for the log about its mistakes. `bad_selections`: those of
  /// all selectors that the engine has had.
  std::vector<std::string> look_at_faults(uint64_t bad_selections, int64_t now_ns);
  /// The call that hangs, if one does.
  std::optional<RunningHook> hang(int64_t now_ns) const;

  /// One for each extension that it offers, in the order of extensions(); none unless it runs. They
  /// have to be taken before a stop() during calls: stop() itself waits until taps have drained, up
  /// to Tap::kMaxDrainMs and longer.
  const std::vector<std::unique_ptr<Adapter>>& adapters() const { return adapters_; }
  /// The adapter that is a Hooks, such as media::Selector; null if the plugin does not offer that,
  /// or does not run.
  template <class Hooks>
  Hooks* find() const {
    for (const auto& adapter : adapters_) {
      if (auto* hooks = dynamic_cast<Hooks*>(adapter.get())) return hooks;
    }
    return nullptr;
  }
  /// Does nothing unless it runs and observes.
  void on_event(const veche_event& event);

 private:
  Status create();
  Status bind();
  Status begin();
  void end(State state);
  void detach();
  void destroy();

  glib::ControlLoop& loop_;
  Surroundings& surroundings_;
  const Candidate candidate_;
  State state_ = State::Loaded;
  std::string error_;
  HookTimers timers_;
  TimeWatch watch_;
  FaultWatch verdict_watch_{"verdicts were neither drop nor forward; those packets were dropped"},
      decision_watch_{"values in decisions were not possible; they were corrected"},
      selection_watch_{
          "slots were filled with a track that does not belong there; they kept what "
          "they had"};
  bool knows_selections_ = false;
  HookTimer &create_timer_, &start_timer_, &stop_timer_, &destroy_timer_, &callback_timer_;
  std::unique_ptr<Services> services_;
  veche_plugin* self_ = nullptr;

  std::vector<std::unique_ptr<Adapter>> adapters_;
  uint64_t bad_verdicts_ = 0, bad_decisions_ = 0, wrong_thread_ = 0;  ///< Of what is gone.
};

}  // namespace veche::plugin
