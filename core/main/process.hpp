// SPDX-License-Identifier: Apache-2.0
// Preparations of the process, before anything else runs.
#pragma once

#include <string>
#include <vector>

namespace veche::main {

/// GLib's slice allocator fragments with many threads, and is chosen when the first library loads:
/// so the program executes itself again with G_SLICE=always-malloc, unless that variable is set.
void restart_without_slices(char** arguments);

/// Names the process, makes writes to closed sockets plain errors, requires TLS 1.2 unless GLib's
/// variable for it is set, and raises the limits of descriptors and tasks as far as allowed.
/// Returns the raised limits, for the log.
std::vector<std::string> prepare_process();

/// Where the server looks for plugins: beside the executable, then where they are installed.
std::vector<std::string> default_plugin_dirs();

}  // namespace veche::main
