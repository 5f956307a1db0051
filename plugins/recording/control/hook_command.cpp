// SPDX-License-Identifier: Apache-2.0
// Placeholders in a command.
#include "recording/control/hook_command.hpp"

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

struct Placeholder {
  std::string_view name;
  const char* variable;
  std::string HookValues::*value;
};

constexpr std::array kPlaceholders{
    Placeholder{"manifest", "VECHE_MANIFEST", &HookValues::manifest},
    Placeholder{"directory", "VECHE_DIRECTORY", &HookValues::directory},
    Placeholder{"room", "VECHE_ROOM", &HookValues::room},
    Placeholder{"id", "VECHE_ID", &HookValues::id},
    Placeholder{"state", "VECHE_STATE", &HookValues::state},
};

const Placeholder* find(std::string_view name) {
  for (const Placeholder& each : kPlaceholders) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

/// Calls word(name) for each {name} and text(rest) for what is between.
template <class Text, class Word>
void visit(std::string_view argument, Text&& text, Word&& word) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz_";
  size_t done = 0;
  for (size_t open = argument.find('{'); open != argument.npos;
       open = argument.find('{', open + 1)) {
    const size_t close = argument.find_first_not_of(kLetters, open + 1);
    if (close == argument.npos || close == open + 1 || argument[close] != '}') continue;
    text(argument.substr(done, open - done));
    word(argument.substr(open + 1, close - open - 1));
    done = close + 1;
    open = close;
  }
  text(argument.substr(done));
}

}  // namespace

void check_hook_command(const std::vector<std::string>& command) {
  if (command.empty() || command.front().empty()) {
    throw Failure(VECHE_E_INVALID,
                  "the hook command has no program; give the path of one, then its arguments");
  }
  for (const std::string& argument : command) {
    visit(
        argument, [](std::string_view) {},
        [&](std::string_view name) {
          if (find(name)) return;
          throw Failure(VECHE_E_INVALID,
                        "the hook command has the placeholder {" + std::string(name) +
                            "}; known are {manifest}, {directory}, {room}, {id} and {state}");
        });
  }
}

std::vector<std::string> hook_arguments(const std::vector<std::string>& command,
                                        const HookValues& values) {
  std::vector<std::string> arguments;
  for (const std::string& argument : command) {
    std::string& filled = arguments.emplace_back();
    visit(
        argument, [&](std::string_view text) { filled += text; },
        [&](std::string_view name) {
          if (const Placeholder* known = find(name)) filled += values.*known->value;
        });
  }
  return arguments;
}

std::vector<std::string> hook_environment(const HookValues& values) {
  std::vector<std::string> environment;
  for (const char* kept : {"PATH", "HOME", "LANG"}) {
    if (const char* value = std::getenv(kept)) {
      environment.push_back(std::string(kept) + "=" + value);
    }
  }
  for (const Placeholder& each : kPlaceholders) {
    environment.push_back(std::string(each.variable) + "=" + values.*each.value);
  }
  return environment;
}

}  // namespace veche::recording
