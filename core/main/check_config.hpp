// SPDX-License-Identifier: Apache-2.0
// `veche --check-config`: all problems of a configuration file, those of the plugins' parts
// included.
#pragma once

#include <string>
#include <vector>

#include "glib/json_schema.hpp"
#include "main/config.hpp"

namespace veche::main {

/// Opens the plugins that `opening` allows, but runs none.
LoadedConfig check_config(const std::string& file, const std::vector<std::string>& plugin_dirs,
                          plugin::Opening opening = plugin::Opening::All);

/// A line for each: `FILE: /json/pointer: what is wrong, what is allowed`.
std::string problem_lines(const std::string& file,
                          const std::vector<glib::SchemaProblem>& problems);

}  // namespace veche::main
