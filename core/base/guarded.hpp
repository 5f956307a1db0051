// SPDX-License-Identifier: Apache-2.0
// The door for exceptions of libraries where nothing of ours is left to catch them: the end of a
// thread, or of a callback from a C library.
#pragma once

#include <string_view>

#include "base/log_limit.hpp"

namespace veche {

/// [any but lane and streaming] Within a catch clause: one Error line that names the task, the
/// place that posted it, and the exception's type and message.
void report_exception(std::string_view component, LogPlace posted) noexcept;

/// [any but lane and streaming] Runs `task`; false if it threw, which is in the log then. `posted`:
/// the statement that asked for the task.
template <class Task>
bool guarded(std::string_view component, LogPlace posted, Task&& task) noexcept {
  try {
    task();
    return true;
  } catch (...) {
    report_exception(component, posted);
    return false;
  }
}

}  // namespace veche
