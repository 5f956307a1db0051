// SPDX-License-Identifier: Apache-2.0
// The kit in front of a plugin's hooks: sees what they return and write before the host judges it.
#pragma once

#include <string>

#include "plugin/candidate.hpp"

namespace veche::tool {

/// [control] The same candidate, whose admission and client messages are watched, and get structs
/// as a newer host has them. One is watched at a time.
plugin::Candidate watch_hooks(plugin::Candidate candidate);

/// [control] What the hooks did that they must not since the last call; "" if nothing.
std::string take_hook_fault();

}  // namespace veche::tool
