// SPDX-License-Identifier: Apache-2.0
// Opens the shared library of a plugin and finds its entry. The only place that knows Boost.DLL.
#pragma once

#include <veche/plugin.h>

#include <string>
#include <vector>

#include "base/result.hpp"

namespace veche::plugin {

/// [control] The entry of the library at `path`, unchecked. The file is inspected before it is
/// opened; opening runs the library's static constructors. It stays mapped until the process exits:
/// unmapping is unsafe as soon as a library has registered a GType or a thread-local destructor.
Result<const veche_plugin_entry*> open_library(const std::string& path);

}  // namespace veche::plugin
