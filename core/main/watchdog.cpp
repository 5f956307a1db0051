// SPDX-License-Identifier: Apache-2.0
// A GMainContext of its own, with a timer and the signals that end the process.
#include "main/watchdog.hpp"

#include <glib-unix.h>
#include <pthread.h>

#include <csignal>
#include <cstdlib>

#include "base/log.hpp"
#include "glib/source.hpp"
#include "main/on_signal.hpp"
#include "plugin/hang_watch.hpp"

namespace veche::main {
namespace {

constexpr uint32_t kLookMs = 500;
/// How long the last line may take.
constexpr int64_t kLastLineMs = 1000;

}  // namespace

/// All of it on the watchdog's thread.
class Watchdog::Watch {
 public:
  Watch(const std::atomic<bool>& is_stopping, GMainContext* context)
      : is_stopping_(is_stopping),
        terminate_(
            SIGTERM, [this] { end_.ask(monotonic_ns()); }, context),
        interrupt_(
            SIGINT, [this] { end_.ask(monotonic_ns()); }, context),
        timer_(
            g_timeout_source_new(kLookMs), context,
            +[](gpointer self) -> gboolean {
              static_cast<Watch*>(self)->look(monotonic_ns());
              return G_SOURCE_CONTINUE;
            },
            this) {}

 private:
  void look(int64_t now_ns) {
    if (is_stopping_ && !std::exchange(knows_stop_, true)) end_.begin_stop(now_ns);
    const std::vector<plugin::RunningHook> running = plugin::running_hooks();
    for (const auto& [name, text, has_returned] : hangs_.look(running, now_ns)) {
      has_returned ? log::warning(name, text) : log::error(name, text);
    }
    const std::optional<std::string> last_line = end_.look(running, now_ns);
    if (!last_line) return;
    log::settle(true);
    log::error("main", *last_line);
    log::flush(kLastLineMs);
    // Destructors would wait for what hangs.
    std::_Exit(EXIT_FAILURE);
  }

  const std::atomic<bool>& is_stopping_;
  bool knows_stop_ = false;
  plugin::HangWatch hangs_;
  plugin::EndWatch end_;
  const OnSignal terminate_, interrupt_;
  const glib::Source timer_;
};

Watchdog::Watchdog()
    : context_(g_main_context_new()), loop_(g_main_loop_new(context_, FALSE)), thread_([this] {
        pthread_setname_np(pthread_self(), "watchdog");
        const Watch watch(is_stopping_, context_);
        g_main_loop_run(loop_);
      }) {}

Watchdog::~Watchdog() {
  // Not g_main_loop_quit(), which is lost if the thread has not begun to run the loop.
  const glib::Source quit(
      g_idle_source_new(), context_,
      +[](gpointer loop) -> gboolean {
        g_main_loop_quit(static_cast<GMainLoop*>(loop));
        return G_SOURCE_CONTINUE;
      },
      loop_);
  thread_.join();
  g_main_loop_unref(loop_);
  g_main_context_unref(context_);
}

}  // namespace veche::main
