// SPDX-License-Identifier: Apache-2.0
// What this process takes of the machine, and which build it is, as metrics.
#pragma once

#include <string>

#include "base/metric.hpp"

namespace veche::main {

/// Of a line of /proc/self/stat; zeros where it cannot be read. Pure.
struct ProcessUse {
  uint64_t cpu_ticks = 0;  ///< User and system, in sysconf(_SC_CLK_TCK).
  int64_t threads = 0;
  int64_t virtual_bytes = 0;
  int64_t resident_pages = 0;
};
ProcessUse parse_process_use(const std::string& stat_line);

/// [control]
void put_process_metrics(MetricSink& sink);

}  // namespace veche::main
