// SPDX-License-Identifier: Apache-2.0
// The extensions that this host knows, and the check of the tables that plugins give for them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace veche::plugin {

bool is_known_extension(std::string_view id);

/// Only one running plugin may offer it: there is one decision to make.
bool is_exclusive_extension(std::string_view id);

/// [control] Is this table, which a plugin gave for a known extension, complete? Null is not.
Status check_extension_table(const std::string& id, const void* table);

}  // namespace veche::plugin
