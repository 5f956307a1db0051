// SPDX-License-Identifier: Apache-2.0
// The version of the plugin interface as people read it.
#pragma once

#include <veche/plugin.h>

#include <cstdint>
#include <string>

namespace veche::plugin {

/// "1.0". The major version is in the name of the entry symbol, so a library that was opened has
/// this one.
inline std::string abi_version(uint32_t minor) { return "1." + std::to_string(minor); }

}  // namespace veche::plugin
