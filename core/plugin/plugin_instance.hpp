// SPDX-License-Identifier: Apache-2.0
// One loaded plugin: its life from create to destroy, and the hooks that it offers.
#pragma once

#include <veche/observer.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "plugin/candidate.hpp"
#include "plugin/controller_adapter.hpp"
#include "plugin/hook_timer.hpp"
#include "plugin/host.hpp"
#include "plugin/http_routes_adapter.hpp"
#include "plugin/packet_policy_adapter.hpp"
#include "plugin/room_settings_adapter.hpp"
#include "plugin/selector_adapter.hpp"
#include "plugin/services.hpp"
#include "plugin/time_watch.hpp"
#include "plugin/track_tap_adapter.hpp"

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
  /// From Running to Disabling: it gets no events any more, and its hooks are about to be taken
  /// away.
  void quiesce();
  /// From Disabling to Disabled. Nobody calls its hooks any more.
  void disable();
  /// Detaches the hooks, cancels timers and posts, stops and destroys. Does nothing if it does not
  /// run.
  void stop();

  State state() const { return state_; }
  /// Others cannot offer what only one may offer, nor have its id.
  bool is_in_the_way() const { return state_ == State::Running || state_ == State::Disabling; }
  const std::string& error() const { return error_; }
  const Candidate& candidate() const { return candidate_; }
  PluginInfo info() const;
  const HookTimers& timers() const { return timers_; }

  /// Once a second while it runs.
  TimeWatch::Verdict look_at_times(int64_t now_ns) { return watch_.look(timers_, now_ns); }

  /// Null if it does not offer that, or does not run.
  media::Selector* selector() { return selector_.get(); }
  media::PacketPolicy* packet_policy() { return packet_policy_.get(); }
  room::Controller* controller() { return controller_.get(); }
  HttpRoutesAdapter* http_routes() { return http_routes_.get(); }
  room::RoomSettings* room_settings() { return room_settings_.get(); }
  /// Null if it does not tap tracks, or does not run. Before a stop() during calls it has to be
  /// released: stop() itself waits for that, up to Tap::kMaxDrainMs and longer.
  TrackTapAdapter* track_tap() { return track_tap_.get(); }
  /// Does nothing unless it runs and observes.
  void on_event(const veche_event& event);

 private:
  Status create();
  Status bind();
  Status bind_http_routes(const veche_http_routes& table);
  Status bind_room_settings(const veche_room_settings& table);
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
  HookTimer &create_timer_, &start_timer_, &stop_timer_, &destroy_timer_, &callback_timer_;
  std::unique_ptr<Services> services_;
  veche_plugin* self_ = nullptr;

  std::unique_ptr<SelectorAdapter> selector_;
  std::unique_ptr<PacketPolicyAdapter> packet_policy_;
  std::unique_ptr<ControllerAdapter> controller_;
  std::unique_ptr<HttpRoutesAdapter> http_routes_;
  std::unique_ptr<TrackTapAdapter> track_tap_;
  std::unique_ptr<RoomSettingsAdapter> room_settings_;
  const veche_observer* observer_ = nullptr;
  HookTimer* observer_timer_ = nullptr;
  uint64_t bad_verdicts_ = 0, bad_targets_ = 0, wrong_thread_ = 0;  ///< Of what is gone.
};

}  // namespace veche::plugin
