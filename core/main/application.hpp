// SPDX-License-Identifier: Apache-2.0
// The server put together: every layer, in the order in which they need each other.
#pragma once

#include <csignal>
#include <memory>

#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "http/server.hpp"
#include "main/config.hpp"
#include "media/engine.hpp"
#include "plugin/host.hpp"
#include "room/server.hpp"

namespace veche::main {

/// Lets the loop return whenever the signal has come, also if that was before it ran.
class QuitOnSignal {
 public:
  QuitOnSignal(glib::ControlLoop& loop, int signal);
  ~QuitOnSignal();
  QuitOnSignal(const QuitOnSignal&) = delete;
  QuitOnSignal& operator=(const QuitOnSignal&) = delete;

 private:
  const unsigned id_;
};

/// [control] all of it.
class Application {
 public:
  /// Everything runs when this returns; or nothing, and the error says why.
  static Result<std::unique_ptr<Application>> start(const Config& config);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  /// Serves until SIGTERM or SIGINT, then lets sessions end, for a few seconds at most.
  void run();

 private:
  Application() = default;
  void let_sessions_end();

  // Destroyed from the last to the first: lanes end with the engine, so no hook is called once the
  // host stops.
  glib::ControlLoop loop_;
  const QuitOnSignal terminate_{loop_, SIGTERM}, interrupt_{loop_, SIGINT};
  std::unique_ptr<plugin::Host> host_;
  std::unique_ptr<media::Engine> engine_;
  std::unique_ptr<room::Server> rooms_;
  std::unique_ptr<http::Server> http_;
};

}  // namespace veche::main
