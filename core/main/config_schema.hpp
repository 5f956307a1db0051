// SPDX-License-Identifier: Apache-2.0
// Every key of the configuration with its default, range and meaning; source of the reference.
#pragma once

#include <string>

#include "glib/json_schema.hpp"

namespace veche::main {

const glib::JsonSchema& config_schema();

/// The reference of all keys as Markdown, for docs/configuration.md.
std::string config_reference();

}  // namespace veche::main
