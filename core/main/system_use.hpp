// SPDX-License-Identifier: Apache-2.0
// The process's use of the system and its limits: descriptors, tasks, memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "room/capacity.hpp"

namespace veche::main {

/// From a line of /proc/self/stat; zeros if it cannot be read. Pure.
struct ProcessUse {
  uint64_t cpu_ticks = 0;  ///< User and system, in sysconf(_SC_CLK_TCK).
  int64_t threads = 0;
  uint64_t start_ticks = 0;  ///< From the boot to the start of the process.
  int64_t virtual_bytes = 0;
  int64_t resident_pages = 0;
};
ProcessUse parse_process_use(const std::string& stat_line);
/// [any]
ProcessUse read_process_use();

/// When this process started, in milliseconds since 1970: the same at every call. [any]
int64_t process_start_unix_ms();

/// [any]
int64_t open_descriptors();
int64_t max_descriptors();

/// Where the system's files are; tests use their own.
struct SystemFiles {
  std::string proc = "/proc";
  std::string cgroup = "/sys/fs/cgroup";  ///< Version 2; version 1 is ignored.
  /// What sysinfo(2) says of the machine, for where /proc shows processes alone; 0: unknown.
  int64_t machine_bytes = 0;
};

/// The system's files, and the machine's memory. [any]
SystemFiles system_files();

/// The tighter of the process' limit and those of its control groups and of the machine. [any]
std::optional<room::ResourceUse> read_tasks(const SystemFiles& files);
std::optional<room::ResourceUse> read_memory(const SystemFiles& files);

/// [any] Takes some 0.1 ms.
room::SystemReading read_system();

}  // namespace veche::main
