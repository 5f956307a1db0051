// SPDX-License-Identifier: Apache-2.0
// The control loop on GLib's main loop.
#include "glib/control_loop.hpp"

#include <atomic>
#include <utility>

#include "base/guarded.hpp"
#include "base/thread_role.hpp"

namespace veche::glib {
namespace {

using Task = std::function<void()>;

/// A task on its way to control. GLib hands it over under a lock that ThreadSanitizer cannot see;
/// the flag is one it can.
struct Posted {
  Task task;
  LogPlace posted;
  std::atomic<bool> ready{false};
};

Posted& received(gpointer data) {
  auto& posted = *static_cast<Posted*>(data);
  static_cast<void>(posted.ready.load(std::memory_order_acquire));
  return posted;
}

/// GLib is C: nothing may be thrown through it.
void run(const Posted& posted) { guarded("control", posted.posted, posted.task); }

gboolean run_task(gpointer data) {
  run(received(data));
  return G_SOURCE_CONTINUE;
}
gboolean run_task_once(gpointer data) {
  run(received(data));
  return G_SOURCE_REMOVE;
}
void free_task(gpointer data) { delete &received(data); }

Posted* post_of(Task task, LogPlace place) {
  auto* posted = new Posted{std::move(task), place};
  posted->ready.store(true, std::memory_order_release);
  return posted;
}

}  // namespace

ControlLoop::ControlLoop()
    : context_(g_main_context_ref(g_main_context_default())),
      loop_(g_main_loop_new(context_, FALSE)),
      thread_(g_thread_self()) {
  thread_role = ThreadRole::Control;
}

ControlLoop::~ControlLoop() {
  g_main_loop_unref(loop_);
  g_main_context_unref(context_);
}

void ControlLoop::run() { g_main_loop_run(loop_); }

void ControlLoop::quit() { g_main_loop_quit(loop_); }

void ControlLoop::post(Task task, LogPlace posted) {
  GSource* source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  g_source_set_callback(source, run_task_once, post_of(std::move(task), posted), free_task);
  g_source_attach(source, context_);
  g_source_unref(source);
}

Timer ControlLoop::every(uint32_t interval_ms, Task task, LogPlace posted) {
  return {g_timeout_source_new(interval_ms), context_, run_task, post_of(std::move(task), posted),
          free_task};
}

Timer ControlLoop::once(uint32_t delay_ms, Task task, LogPlace posted) {
  return {g_timeout_source_new(delay_ms), context_, run_task_once, post_of(std::move(task), posted),
          free_task};
}

bool ControlLoop::iterate(bool may_block) {
  return g_main_context_iteration(context_, may_block ? TRUE : FALSE) != FALSE;
}

bool ControlLoop::is_control() const { return g_thread_self() == thread_; }

}  // namespace veche::glib
