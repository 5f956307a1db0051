// SPDX-License-Identifier: Apache-2.0
// State of the whole process, which a plugin must not change.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace veche::tool {

struct ProcessState {
  std::string signals, locale, directory, environment;
  uint64_t descriptors = 0;
  std::set<std::string> threads;  ///< Their ids.
};

/// The present state.
ProcessState read_process_state();

/// The differences, except for descriptors and threads, in words; "" if there are none.
std::string find_changes(const ProcessState& before, const ProcessState& after);

}  // namespace veche::tool
