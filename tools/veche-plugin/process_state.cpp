// SPDX-License-Identifier: Apache-2.0
// Reads signal handlers, locale, directory, environment, and counts descriptors and threads.
#include "process_state.hpp"

#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iterator>

namespace veche::tool {
namespace {

uint64_t count_entries(const char* directory) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(directory, error);
  return error ? 0 : static_cast<uint64_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace

ProcessState read_process_state() {
  ProcessState state;
  for (int signal = 1; signal < 32; ++signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0) continue;
    state.signals += std::to_string(reinterpret_cast<uintptr_t>(action.sa_handler)) + " ";
  }
  state.locale = setlocale(LC_ALL, nullptr);
  std::error_code error;
  state.directory = std::filesystem::current_path(error).string();
  for (char** variable = environ; *variable; ++variable)
    state.environment += std::string(*variable) + "\n";
  state.descriptors = count_entries("/proc/self/fd");
  state.threads = count_entries("/proc/self/task");
  return state;
}

std::string find_changes(const ProcessState& before, const ProcessState& after) {
  std::string changes;
  const auto compare = [&](const char* name, const std::string& one, const std::string& other) {
    if (one != other) changes += std::string(changes.empty() ? "" : ", ") + name;
  };
  compare("signal handlers", before.signals, after.signals);
  compare("the locale", before.locale, after.locale);
  compare("the working directory", before.directory, after.directory);
  compare("the environment", before.environment, after.environment);
  return changes;
}

}  // namespace veche::tool
