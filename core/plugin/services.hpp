// SPDX-License-Identifier: Apache-2.0
// The host's services for one plugin instance: log, configuration, the control loop and so on.
#pragma once

#include <veche/host.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/counter.hpp"
#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "plugin/config.hpp"
#include "plugin/hook_timer.hpp"
#include "plugin/metric_set.hpp"
#include "plugin/open_requests.hpp"
#include "plugin/post_queue.hpp"
#include "plugin/surroundings.hpp"

namespace veche::plugin {

class TrackTapAdapter;

bool is_known_service(std::string_view id);

/// The veche_host of one instance, and the state behind its tables. Made and destroyed on control.
class Services {
 public:
  /// `name` is the plugin's in the configuration. All references outlive this; `callbacks` measures
  /// the plugin's posts and timers.
  Services(std::string name, glib::ControlLoop& loop, const Config& config, HookTimer& callbacks,
           Surroundings& surroundings);
  ~Services();
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  const veche_host* host() const { return &handle_.host; }

  /// [control] Ends all timers, drops the posts that have not run, answers open requests, and
  /// forgets the taps. New ones are refused from now on.
  void close();

  /// [control] They live until close().
  void use_taps(TrackTapAdapter* taps) { taps_ = taps; }

  // Called by the tables.

  /// [any but lane]
  void write(uint32_t level, const char* message) const;
  /// [any but lane] Counts a failure of the hook under way on this thread, or else of the plugin's
  /// tasks, and logs it.
  void fail(const char* what, const char* why) const;
  const std::string& name() const { return name_; }
  const Config& config() const { return config_; }
  const Surroundings& surroundings() const { return surroundings_; }
  MetricSet& metrics() { return metrics_; }
  const MetricSet& metrics() const { return metrics_; }
  /// [any but lane] Logs why a request of the plugin is impossible.
  void complain(const std::string& message) const;
  /// [any but lane]
  veche_status post(veche_callback callback, veche_callback drop, void* data);
  /// [control]
  veche_status after_lanes(veche_callback callback, void* data);
  uint64_t add_timer(uint32_t interval_ms, veche_callback callback, void* data);
  veche_status cancel_timer(uint64_t timer);
  OpenRequests& requests() { return requests_; }
  /// [control] Null: the plugin does not tap, or not any more.
  TrackTapAdapter* taps() const { return taps_; }
  /// True on control. Elsewhere counts and logs that the plugin called `function` on the wrong
  /// thread.
  bool expect_control(const char* function) const;
  /// [any] False on a lane, where the call is counted but not logged, which would take more time.
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
  void lanes_passed(uint64_t number);

  const Handle handle_;
  const std::string name_;
  glib::ControlLoop& loop_;
  const Config& config_;
  HookTimer& callbacks_;
  Surroundings& surroundings_;
  MetricSet metrics_;
  mutable Counter wrong_thread_;
  OpenRequests requests_;
  /// Shared with tasks of the loop under way. Open, on control, as long as this object is alive.
  const std::shared_ptr<PostQueue> posts_;
  bool open_ = true;
  /// Callbacks that wait for lanes, by number.
  std::map<uint64_t, std::pair<veche_callback, void*>> waiting_;
  uint64_t last_waiting_ = 0;
  std::map<uint64_t, glib::Timer> timers_;
  uint64_t last_timer_ = 0;
  TrackTapAdapter* taps_ = nullptr;
};

}  // namespace veche::plugin
