// SPDX-License-Identifier: Apache-2.0
// GLib's signal sources.
#include "main/on_signal.hpp"

#include <glib-unix.h>

#include <utility>

#include "base/guarded.hpp"

namespace veche::main {

OnSignal::OnSignal(int signal, std::function<void()> task, GMainContext* context)
    : task_(std::move(task)),
      source_(
          g_unix_signal_source_new(signal), context ? context : g_main_context_default(),
          +[](gpointer self) -> gboolean {
            guarded("main", LogPlace::here(), static_cast<OnSignal*>(self)->task_);
            return G_SOURCE_CONTINUE;
          },
          this) {}

}  // namespace veche::main
