// SPDX-License-Identifier: Apache-2.0
// `veche-plugin new`: creates a project for a new plugin.
#pragma once

#include <string>

#include "base/result.hpp"

namespace veche::tool {

/// Creates the folder `name` in the working directory. `language`: "c" or "cpp".
Status make_project(const std::string& name, const std::string& language);

}  // namespace veche::tool
