// SPDX-License-Identifier: Apache-2.0
// The last line of a process that crashes: which plugin's hook it was in.
#pragma once

#include <string_view>

#include "base/log.hpp"

namespace veche::main {

/// From now on a fatal signal and exit() write what the log still holds, for half a second at most,
/// and a fatal signal, or exit() within a plugin's hook, one line more to standard error in the
/// log's format; then the signal does what it did before. Once, before other threads begin.
void write_line_on_crash();
/// [any]
void use_crash_format(log::Format format);

/// The line, with its newline, in `buffer`, which it fills at most. Async-signal-safe. `signal`: 0
/// for exit(). Empty names: no plugin's hook.
std::string_view make_crash_line(char* buffer, size_t size, log::Format format, int64_t unix_ms,
                                 int signal, std::string_view plugin, std::string_view hook);

}  // namespace veche::main
