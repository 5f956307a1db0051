// SPDX-License-Identifier: Apache-2.0
// Reads /proc/PID.
#include "process_stats.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace veche::load {

std::optional<ProcessStats> read_process(int pid) {
  const std::filesystem::path folder = "/proc/" + std::to_string(pid);
  std::ifstream file(folder / "stat");
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  // The name in parentheses may contain anything; see proc(5) for the fields after it.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  uint64_t user = 0, system = 0, rss_pages = 0;
  ProcessStats stats;
  fields >> user >> system;
  for (int i = 0; i < 4; ++i) fields >> skipped;
  fields >> stats.threads;
  for (int i = 0; i < 3; ++i) fields >> skipped;
  fields >> rss_pages;
  if (!fields) return std::nullopt;
  stats.cpu_s = static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  stats.rss_kb = rss_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) / 1024;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(folder / "fd", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ++stats.descriptors;
  }
  return stats;
}

}  // namespace veche::load
