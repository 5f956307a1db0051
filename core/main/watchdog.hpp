// SPDX-License-Identifier: Apache-2.0
// A thread that no plugin can hold up: it names the hook that does not return, and ends the process
// if it has to.
#pragma once

#include <glib.h>

#include <atomic>
#include <memory>
#include <thread>

namespace veche::main {

/// Begins with its construction. SIGTERM and SIGINT reach it too, even if control hangs.
class Watchdog {
 public:
  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// [control] Nothing waits for calls any more: the process ends within EndWatch::kMostStopNs.
  void begin_stop() noexcept { is_stopping_ = true; }

 private:
  class Watch;
  std::atomic<bool> is_stopping_{false};
  GMainContext* const context_;
  GMainLoop* const loop_;
  std::thread thread_;
};

}  // namespace veche::main
