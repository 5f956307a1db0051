// SPDX-License-Identifier: Apache-2.0
// What this process needs of the operating system, before anything else runs.
#pragma once

#include <string>
#include <vector>

namespace veche::main {

/// GLib's slice allocator fragments with many threads, and is chosen when the first library starts:
/// so the program starts itself anew with G_SLICE=always-malloc, unless somebody has set that
/// variable.
void restart_without_slices(char** arguments);

/// Writes to closed sockets are errors, not the end; TLS is 1.2 or newer, unless somebody has set
/// GLib's variable for it; and descriptors and tasks as many as the system allows. What was raised,
/// for the log.
std::vector<std::string> prepare_process();

/// Where plugins are sought: beside the executable, then where they are installed.
std::vector<std::string> default_plugin_dirs();

}  // namespace veche::main
