// SPDX-License-Identifier: Apache-2.0
// The command line.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace veche::main {

enum class Action {
  Serve = 1,
  CheckConfig,
  RepairEvents,
  PrintVersion,
  PrintHelp,
  PrintConfigReference,
};

struct Options {
  Action action = Action::Serve;
  std::string config_file;  ///< Empty: built-in defaults.
};

/// `arguments` without the program's name. InvalidArgument says what is wrong.
Result<Options> parse_options(const std::vector<std::string>& arguments);

std::string help_text();
std::string version_text();

}  // namespace veche::main
