// SPDX-License-Identifier: Apache-2.0
// `veche-plugin inspect`: what a plugin says of itself, without opening the library.
#pragma once

#include <string>

#include "base/result.hpp"

namespace veche::tool {

/// The description as text for people. None of the plugin's code runs, static constructors
/// included.
Result<std::string> inspect(const std::string& path);

}  // namespace veche::tool
