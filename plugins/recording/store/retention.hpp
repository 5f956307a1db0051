// SPDX-License-Identifier: Apache-2.0
// Decides which recordings have expired.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "recording/store/store.hpp"

namespace veche::recording {

struct Retention {
  int64_t max_age_s = 0;         ///< Since the end; 0: for ever.
  uint64_t max_total_bytes = 0;  ///< Of all recordings together; 0: no limit.
};

/// The paths of the recordings to remove, in the order in which they ended. Recordings in progress
/// count towards the total, and are never removed.
std::vector<std::string> expired(const std::vector<Stored>& recordings, const Retention& retention,
                                 int64_t now_unix_ms);

}  // namespace veche::recording
