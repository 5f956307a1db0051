// SPDX-License-Identifier: Apache-2.0
// Checks the entry of a plugin before any of its functions is called.
#pragma once

#include <veche/plugin.h>

#include "base/result.hpp"

namespace veche::plugin {

/// The reason why this host refuses the entry. Once this is Ok, all strings and functions of
/// interface 1.0 are there.
Status check_entry(const veche_plugin_entry& entry);

}  // namespace veche::plugin
