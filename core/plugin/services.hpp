// SPDX-License-Identifier: Apache-2.0
// What the host offers to one plugin instance: log, configuration and the control loop.
#pragma once

#include <veche/host.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/counter.hpp"
#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "plugin/config.hpp"
#include "plugin/hook_timer.hpp"
#include "plugin/metric_set.hpp"
#include "plugin/open_requests.hpp"
#include "plugin/surroundings.hpp"

namespace veche::plugin {

class TrackTapAdapter;

bool is_known_service(std::string_view id);

/// The veche_host of one instance, and what stands behind its tables. Made and destroyed on
/// control.
class Services {
 public:
  /// `name` is the plugin's in the configuration. Everything that is referred to outlives this;
  /// `callbacks` measures what the plugin runs by posts and timers.
  Services(std::string name, glib::ControlLoop& loop, const Config& config, HookTimer& callbacks,
           Surroundings& surroundings);
  ~Services();
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  const veche_host* host() const { return &handle_.host; }

  /// [control] Ends all timers, drops the posts that have not run, and answers open requests. New
  /// ones are refused from now on.
  void close();

  /// [control] Null: the plugin does not tap, or not any more.
  void use_taps(TrackTapAdapter* taps) { taps_ = taps; }

  // What the tables call.

  /// [any but lane]
  void write(uint32_t level, const char* message) const;
  const std::string& name() const { return name_; }
  const Config& config() const { return config_; }
  const Surroundings& surroundings() const { return surroundings_; }
  MetricSet& metrics() { return metrics_; }
  const MetricSet& metrics() const { return metrics_; }
  /// [any but lane] A line in the log: the plugin has asked for what cannot be.
  void complain(const std::string& message) const;
  /// [any but lane]
  veche_status post(veche_callback callback, void* data);
  /// [control]
  uint64_t add_timer(uint32_t interval_ms, veche_callback callback, void* data);
  veche_status cancel_timer(uint64_t timer);
  OpenRequests& requests() { return requests_; }
  /// [control]
  TrackTapAdapter* taps() const { return taps_; }
  /// True on control; elsewhere it is counted, and logged, that the plugin called `function` on the
  /// wrong thread.
  bool expect_control(const char* function) const;
  /// [any] False on a lane, where it is counted, and not logged: that would make it worse.
  bool expect_no_lane() const noexcept;
  uint64_t wrong_thread() const noexcept { return wrong_thread_.value(); }

  /// The services behind a veche_host; null for null.
  static Services* of(const veche_host* host);

 private:
  struct Handle {
    veche_host host;
    Services* services;
  };
  void run(veche_callback callback, void* data);

  const Handle handle_;
  const std::string name_;
  glib::ControlLoop& loop_;
  const Config& config_;
  HookTimer& callbacks_;
  Surroundings& surroundings_;
  MetricSet metrics_;
  mutable Counter wrong_thread_;
  OpenRequests requests_;
  /// Shared with posts under way: while it is true, on control, this object is alive.
  const std::shared_ptr<std::atomic<bool>> open_;
  std::map<uint64_t, glib::Timer> timers_;
  uint64_t last_timer_ = 0;
  TrackTapAdapter* taps_ = nullptr;
};

}  // namespace veche::plugin
