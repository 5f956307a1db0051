// SPDX-License-Identifier: Apache-2.0
// The whole server: every layer, in the order of their dependencies, and the signals.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "events/log.hpp"
#include "events/webhooks/webhooks.hpp"
#include "glib/control_loop.hpp"
#include "http/server.hpp"
#include "main/config.hpp"
#include "main/on_signal.hpp"
#include "main/reload.hpp"
#include "main/watchdog.hpp"
#include "media/engine.hpp"
#include "plugin/host.hpp"
#include "room/server.hpp"

namespace veche::main {

/// [control] all of it.
class Application {
 public:
  /// Everything runs when this returns; or nothing does, and the error says why. `read_again` is
  /// asked for the configuration at each SIGHUP.
  static Result<std::unique_ptr<Application>> start(const Config& config,
                                                    std::function<LoadedConfig()> read_again);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  /// Serves until it has drained, which SIGTERM begins, or until SIGINT or a second SIGTERM. Then
  /// lets sessions end, for a few seconds at most.
  void run();

 private:
  Application();
  void on_terminate();
  void let_sessions_end();
  void let_events_out();
  /// Undoes what start() has done, as far as it came.
  void take_down();
  void put_metrics(MetricSink& sink) const;
  /// An event of the server itself, of which plugins need no news.
  void append_event(const char* type, std::string data = "{}");

  // Destroyed from the last to the first: lanes end with the engine, so no hook is called once the
  // host stops; the event log takes what all of them say until then.
  glib::ControlLoop loop_;
  bool is_terminated_ = false;  ///< The next SIGTERM does not wait for calls.
  const OnSignal terminate_, interrupt_, hang_up_;
  Watchdog watchdog_;
  std::unique_ptr<events::Log> events_;
  std::unique_ptr<events::Webhooks> webhooks_;
  std::unique_ptr<plugin::Host> host_;
  std::unique_ptr<media::Engine> engine_;
  std::unique_ptr<room::Server> rooms_;
  std::unique_ptr<http::Server> http_;
  std::optional<Reload> reload_;
};

}  // namespace veche::main
