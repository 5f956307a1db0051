// SPDX-License-Identifier: Apache-2.0
// The arguments of an operator's command, with their placeholders filled in, and an environment
// with the same values.
#pragma once

#include <string>
#include <vector>

namespace veche::recording {

/// What the command learns of a recording that has ended.
struct HookValues {
  std::string manifest;   ///< The path of its manifest.json.
  std::string directory;  ///< The path of its folder.
  std::string room, id, state;
};

/// Throws Failure if there is no program, or if a placeholder is not one of {manifest},
/// {directory}, {room}, {id} and {state}. Braces around anything but one word are left alone.
void check_hook_command(const std::vector<std::string>& command);

/// Values are not searched for placeholders, and no shell is involved.
std::vector<std::string> hook_arguments(const std::vector<std::string>& command,
                                        const HookValues& values);

/// PATH, HOME and LANG of this process, and VECHE_MANIFEST, VECHE_DIRECTORY, VECHE_ROOM, VECHE_ID
/// and VECHE_STATE.
std::vector<std::string> hook_environment(const HookValues& values);

}  // namespace veche::recording
