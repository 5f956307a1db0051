// SPDX-License-Identifier: Apache-2.0
// The control thread's loop: posts from other threads, and timers.
#pragma once

#include <glib.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "base/log_limit.hpp"
#include "glib/source.hpp"

namespace veche::glib {

/// A timer that ends with its owner.
using Timer = Source;

/// Runs one GMainContext, the default one (libsoup's server uses it too). The thread that makes it
/// is control, and calls run(). An exception that leaves a task is logged, with the statement that
/// posted the task; the loop goes on.
class ControlLoop {
 public:
  ControlLoop();
  ~ControlLoop();
  ControlLoop(const ControlLoop&) = delete;
  ControlLoop& operator=(const ControlLoop&) = delete;

  /// [control] Returns after quit().
  void run();
  /// [any]
  void quit();
  /// [any but lane] Runs `task` on control, in the order of the posts. Allocates.
  void post(std::function<void()> task, LogPlace posted = LogPlace::here());
  /// [control] Runs `task` every interval until the Timer ends. The task may end its own Timer.
  [[nodiscard]] Timer every(uint32_t interval_ms, std::function<void()> task,
                            LogPlace posted = LogPlace::here());
  /// [control] Runs `task` once.
  [[nodiscard]] Timer once(uint32_t delay_ms, std::function<void()> task,
                           LogPlace posted = LogPlace::here());
  /// [control] Runs what is ready without waiting; true if anything ran. For tests.
  bool iterate(bool may_block = false);
  /// [any] Is this the thread that made the loop or runs it? Asserted in debug builds.
  bool is_control() const;
  GMainContext* context() const { return context_; }

 private:
  GMainContext* context_;
  GMainLoop* loop_;
  GThread* const thread_;
};

}  // namespace veche::glib
