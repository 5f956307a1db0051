// SPDX-License-Identifier: Apache-2.0
// Opens the shared library of a plugin and finds its entry. The only place that knows Boost.DLL.
#pragma once

#include <veche/plugin.h>

#include <string>
#include <vector>

#include "base/result.hpp"

namespace veche::plugin {

/// [control] Is the file that of a plugin of this major version? Runs nothing of it.
Status look_at_library(const std::string& path);

/// [control] The entry of the library at `path`, unchecked. The file is inspected before it is
/// opened; opening runs the library's static constructors. It stays mapped until the process exits:
/// unmapping is unsafe as soon as a library has registered a GType or a thread-local destructor.
Result<const veche_plugin_entry*> open_library(const std::string& path);

/// [control] open_library() has succeeded for this path; again it gives the same entry, whatever
/// the file is by now.
bool is_library_open(const std::string& path);

}  // namespace veche::plugin
