// SPDX-License-Identifier: Apache-2.0
// Reads /proc, the process' limits, and its control groups from its own up to the root.
#include "main/system_use.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/time.hpp"

namespace veche::main {
namespace {

constexpr const char* kDescriptors = "/proc/self/fd";

std::string read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// Nothing for "max", and where there is no such file.
std::optional<int64_t> read_number(const std::string& path) {
  const std::string line = read_line(path);
  int64_t number = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), number);
  if (parsed.ec != std::errc()) return std::nullopt;
  return number;
}

/// The number behind `name` in a file of lines such as "MemAvailable:  123 kB".
std::optional<int64_t> read_field(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  std::string word;
  int64_t number = 0;
  while (file >> word) {
    if (word == name && file >> number) return number;
  }
  return std::nullopt;
}

/// Keeps the one with less left.
void tighten(std::optional<room::ResourceUse>& kept, room::ResourceUse other) {
  if (!kept || other.limit - other.used < kept->limit - kept->used) kept = other;
}

/// Calls `look` with the folder of each control group that this process is in, from its own up.
template <class Look>
void for_each_group(const SystemFiles& files, Look look) {
  std::ifstream memberships(files.proc + "/self/cgroup");
  std::string line;
  while (std::getline(memberships, line)) {
    if (line.rfind("0::/", 0) != 0) continue;
    // A group outside of this cgroup namespace begins with "/..": what is above is not to be seen.
    for (std::string group = line.substr(3); !group.empty(); group.erase(group.rfind('/'))) {
      look(files.cgroup + group);
    }
    look(files.cgroup);
  }
}

rlimit limit_of(__rlimit_resource resource) {
  rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  getrlimit(resource, &limit);
  return limit;
}

}  // namespace

ProcessUse parse_process_use(const std::string& stat_line) {
  // See proc(5). The second field is a name in parentheses that may contain anything.
  const size_t name_end = stat_line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(stat_line.substr(name_end + 1));
  const auto skip = [&fields](int count) {
    std::string skipped;
    for (int i = 0; i < count; ++i) fields >> skipped;
  };
  ProcessUse use;
  uint64_t user = 0, system = 0;
  skip(11);
  fields >> user >> system;
  skip(4);
  fields >> use.threads;
  skip(1);
  fields >> use.start_ticks >> use.virtual_bytes >> use.resident_pages;
  use.cpu_ticks = user + system;
  return use;
}

ProcessUse read_process_use() { return parse_process_use(read_line("/proc/self/stat")); }

int64_t process_start_unix_ms() {
  static const int64_t start_unix_ms = [] {
    // Ticks count on the clock that goes on while the machine sleeps.
    timespec since_boot{};
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    const int64_t now_ms = int64_t{since_boot.tv_sec} * 1000 + since_boot.tv_nsec / kNsPerMs;
    const auto ticks = static_cast<int64_t>(read_process_use().start_ticks);
    return unix_ms() - (now_ms - ticks * 1000 / sysconf(_SC_CLK_TCK));
  }();
  return start_unix_ms;
}

int64_t open_descriptors() {
  // Linux 6.2 and later report the number as the size.
  struct stat status {};
  if (stat(kDescriptors, &status) == 0 && status.st_size > 0) return status.st_size;
  std::error_code error;
  const std::filesystem::directory_iterator all(kDescriptors, error);
  return error ? 0 : std::distance(begin(all), end(all));
}

int64_t max_descriptors() { return static_cast<int64_t>(limit_of(RLIMIT_NOFILE).rlim_cur); }

SystemFiles system_files() {
  SystemFiles files;
  struct sysinfo machine {};
  if (sysinfo(&machine) == 0) {
    files.machine_bytes = static_cast<int64_t>(machine.totalram) * machine.mem_unit;
  }
  return files;
}

std::optional<room::ResourceUse> read_tasks(const SystemFiles& files) {
  std::optional<room::ResourceUse> tasks;
  // The limit counts all tasks of the user, of which only ours are known; it does not bind root.
  const rlimit own = limit_of(RLIMIT_NPROC);
  if (own.rlim_cur != RLIM_INFINITY && geteuid() != 0) {
    tighten(tasks, {static_cast<int64_t>(own.rlim_cur),
                    parse_process_use(read_line(files.proc + "/self/stat")).threads});
  }
  for_each_group(files, [&](const std::string& group) {
    const auto limit = read_number(group + "/pids.max");
    const auto used = read_number(group + "/pids.current");
    if (limit && used) tighten(tasks, {*limit, *used});
  });
  const auto machine = read_number(files.proc + "/sys/kernel/threads-max");
  // "0.20 0.18 0.12 1/80 11206": runnable ones, and all.
  const std::string load = read_line(files.proc + "/loadavg");
  const size_t slash = load.find('/');
  if (machine && slash != std::string::npos) {
    int64_t used = 0;
    std::from_chars(load.data() + slash + 1, load.data() + load.size(), used);
    tighten(tasks, {*machine, used});
  }
  return tasks;
}

std::optional<room::ResourceUse> read_memory(const SystemFiles& files) {
  constexpr int64_t kKiB = 1024;
  std::optional<room::ResourceUse> memory;
  const auto total = read_field(files.proc + "/meminfo", "MemTotal:");
  const auto available = read_field(files.proc + "/meminfo", "MemAvailable:");
  if (total && available) {
    memory = {*total * kKiB, (*total - *available) * kKiB};
  } else if (files.machine_bytes > 0) {
    // /proc/meminfo is hidden (ProcSubset=pid). Of what is in use only ours is known.
    const ProcessUse own = parse_process_use(read_line(files.proc + "/self/stat"));
    memory = {files.machine_bytes, own.resident_pages * sysconf(_SC_PAGESIZE)};
  }
  for_each_group(files, [&](const std::string& group) {
    const auto limit = read_number(group + "/memory.max");
    const auto used = read_number(group + "/memory.current");
    if (!limit || !used) return;
    // The kernel reclaims inactive pages of files before anything else.
    const int64_t spare = read_field(group + "/memory.stat", "inactive_file").value_or(0);
    tighten(memory, {*limit, *used - spare});
  });
  return memory;
}

room::SystemReading read_system() {
  room::SystemReading reading;
  reading.descriptors = {max_descriptors(), open_descriptors()};
  const SystemFiles files = system_files();
  reading.tasks = read_tasks(files);
  reading.memory_bytes = read_memory(files);
  return reading;
}

}  // namespace veche::main
