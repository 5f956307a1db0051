// SPDX-License-Identifier: Apache-2.0
// `veche-plugin inspect`: describes a plugin without opening the library.
#pragma once

#include <string>

#include "base/result.hpp"

namespace veche::tool {

/// The description as text. Runs none of the plugin's code, not even static constructors.
Result<std::string> inspect(const std::string& path);

}  // namespace veche::tool
