// SPDX-License-Identifier: Apache-2.0
// GLib's signal sources, on the default context.
#include "main/on_signal.hpp"

#include <glib-unix.h>

#include <utility>

namespace veche::main {

OnSignal::OnSignal(int signal, std::function<void()> task)
    : task_(std::move(task)),
      id_(g_unix_signal_add(
          signal,
          [](gpointer self) -> gboolean {
            static_cast<OnSignal*>(self)->task_();
            return G_SOURCE_CONTINUE;
          },
          this)) {}

OnSignal::~OnSignal() { g_source_remove(id_); }

}  // namespace veche::main
