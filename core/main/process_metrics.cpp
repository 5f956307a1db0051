// SPDX-License-Identifier: Apache-2.0
// What this process takes of the machine, and which build it is, as metrics.
#include "main/process_metrics.hpp"

#include <gst/gst.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/time.hpp"

namespace veche::main {
namespace {

constexpr const char* kDescriptors = "/proc/self/fd";

std::string read_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

int64_t open_descriptors() {
  // Linux 6.2 and later tells the number as the size.
  struct stat status {};
  if (stat(kDescriptors, &status) == 0 && status.st_size > 0) return status.st_size;
  std::error_code error;
  const std::filesystem::directory_iterator all(kDescriptors, error);
  return error ? 0 : std::distance(begin(all), end(all));
}

int64_t max_descriptors() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<int64_t>(limit.rlim_cur) : 0;
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
  skip(2);
  fields >> use.virtual_bytes >> use.resident_pages;
  use.cpu_ticks = user + system;
  return use;
}

void put_process_metrics(MetricSink& sink) {
  static const int64_t started_ms = unix_ms();
  const ProcessUse use = parse_process_use(read_line("/proc/self/stat"));
  // The names that every Prometheus client has for these.
  sink.counter("process_cpu_seconds_total", "CPU time of the process", use.cpu_ticks, {},
               1.0 / static_cast<double>(sysconf(_SC_CLK_TCK)));
  sink.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM",
             use.resident_pages * sysconf(_SC_PAGESIZE));
  sink.gauge("process_virtual_memory_bytes", "Address space of the process", use.virtual_bytes);
  sink.gauge("process_threads", "Threads of the process", use.threads);
  sink.gauge("process_open_fds", "Open file descriptors of the process", open_descriptors());
  sink.gauge("process_max_fds", "Open file descriptors that the process may have",
             max_descriptors());
  sink.gauge("process_start_time_seconds", "When the server began to serve, since 1970", started_ms,
             {}, 1e-3);
  static const std::string gstreamer = std::to_string(GST_VERSION_MAJOR) + "." +
                                       std::to_string(GST_VERSION_MINOR) + "." +
                                       std::to_string(GST_VERSION_MICRO);
  sink.gauge("veche_build_info", "1; its labels say which build this is", 1,
             {{"version", VECHE_VERSION}, {"gstreamer", gstreamer}});
}

}  // namespace veche::main
