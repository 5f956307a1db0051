// SPDX-License-Identifier: Apache-2.0
// The sections of the configuration's schema, for config_schema().
#pragma once

#include <string>

namespace veche::main {

// Each is a JSON Schema in the subset of glib/json_schema.hpp.
std::string http_section();
std::string auth_section();
std::string media_section();
std::string rooms_section();
std::string plugins_section();
std::string events_section();

}  // namespace veche::main
