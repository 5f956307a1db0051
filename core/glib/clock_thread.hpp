// SPDX-License-Identifier: Apache-2.0
// Runs work on the thread of GStreamer's system clock, between its timers.
#pragma once

#include <functional>

namespace veche::glib {

/// Runs `work` on that thread, soon, once. [any] Work that the clock does not take runs here.
void run_on_clock_thread(std::function<void()> work);

}  // namespace veche::glib
