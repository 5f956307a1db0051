// SPDX-License-Identifier: Apache-2.0
// Reads signal handlers, locale, directory, environment and the ids of threads, and counts
// descriptors.
#include "process_state.hpp"

#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstring>
#include <filesystem>

namespace veche::tool {
namespace {

std::set<std::string> entries_of(const char* directory) {
  std::set<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    names.insert(entry.path().filename().string());
  }
  return names;
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
  state.descriptors = entries_of("/proc/self/fd").size();
  state.threads = entries_of("/proc/self/task");
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
