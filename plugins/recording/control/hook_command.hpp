// SPDX-License-Identifier: Apache-2.0
// What an operator's command is started with: arguments with their placeholders filled in, and an
// environment that says the same.
#pragma once

#include <string>
#include <vector>

namespace veche::recording {

/// What is said of a recording that has ended.
struct HookValues {
  std::string manifest;   ///< The path of its manifest.json.
  std::string directory;  ///< The path of its folder.
  std::string room, id, state;
};

/// Throws Failure if there is no program, or if a placeholder is not one of {manifest},
/// {directory}, {room}, {id} and {state}. Braces around anything but one word are left alone.
void check_hook_command(const std::vector<std::string>& command);

/// No value is looked at for placeholders, and no shell sees any of it.
std::vector<std::string> hook_arguments(const std::vector<std::string>& command,
                                        const HookValues& values);

/// PATH, HOME and LANG of this process, and VECHE_MANIFEST, VECHE_DIRECTORY, VECHE_ROOM, VECHE_ID
/// and VECHE_STATE.
std::vector<std::string> hook_environment(const HookValues& values);

}  // namespace veche::recording
