// SPDX-License-Identifier: Apache-2.0
// What belongs to the whole process, and a plugin must leave alone.
#pragma once

#include <cstdint>
#include <string>

namespace veche::tool {

struct ProcessState {
  std::string signals, locale, directory, environment;
  uint64_t descriptors = 0, threads = 0;
};

/// As it is now.
ProcessState read_process_state();

/// What differs apart from descriptors and threads, in words; "" if nothing does.
std::string find_changes(const ProcessState& before, const ProcessState& after);

}  // namespace veche::tool
