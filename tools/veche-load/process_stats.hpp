// SPDX-License-Identifier: Apache-2.0
// Linux' figures of a process: CPU, memory, threads, descriptors.
#pragma once

#include <cstdint>
#include <optional>

namespace veche::load {

struct ProcessStats {
  double cpu_s = 0;  ///< User and system, since its start.
  uint64_t rss_kb = 0;
  uint32_t threads = 0;
  uint32_t descriptors = 0;
};

/// Reads /proc. Nothing if the process does not exist or cannot be read.
std::optional<ProcessStats> read_process(int pid);

}  // namespace veche::load
