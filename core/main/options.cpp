// SPDX-License-Identifier: Apache-2.0
// Parses the command line. It takes no secrets, because every user can read it in /proc.
#include "main/options.hpp"

#include <optional>

namespace veche::main {
namespace {

struct Option {
  const char* name;
  Action action;
  bool takes_file;
  const char* help;
};

constexpr Option kOptions[] = {
    {"--config", Action::Serve, true, "serve with this configuration"},
    {"--check-config", Action::CheckConfig, true,
     "report what is wrong with a configuration; exits with 0 if nothing is"},
    {"--repair-events", Action::RepairEvents, true,
     "move the event log of this configuration aside if it is corrupt"},
    {"--print-config-reference", Action::PrintConfigReference, false,
     "describe every key, as Markdown"},
    {"--version", Action::PrintVersion, false, "print the version"},
    {"--help", Action::PrintHelp, false, "print this help"},
};

const Option* find_option(const std::string& name) {
  for (const Option& option : kOptions) {
    if (name == option.name) return &option;
  }
  return nullptr;
}

}  // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  std::optional<Options> options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    std::optional<std::string> file;
    if (const size_t equals = name.find('='); equals != std::string::npos) {
      file = name.substr(equals + 1);
      name.resize(equals);
    }
    const Option* option = find_option(name);
    if (!option) return invalid("unknown argument \"" + arguments[i] + "\"; see --help");
    if (options) return invalid(name + " is one option too many; only one is allowed");
    if (option->takes_file && !file && i + 1 < arguments.size()) file = arguments[++i];
    if (option->takes_file && file.value_or("").empty()) return invalid(name + " needs a file");
    if (!option->takes_file && file) return invalid(name + " takes no value");
    options = Options{option->action, file.value_or("")};
  }
  return options.value_or(Options{});
}

std::string help_text() {
  std::string text =
      "Usage: veche [OPTION]\n"
      "Serves voice rooms. Without an option: with built-in defaults, on loopback only.\n\n";
  for (const Option& option : kOptions) {
    std::string line = "  " + std::string(option.name) + (option.takes_file ? " FILE" : "");
    line.resize(30, ' ');
    text += line + option.help + "\n";
  }
  return text;
}

std::string version_text() { return "veche " VECHE_VERSION "\n"; }

}  // namespace veche::main
