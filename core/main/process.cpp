// SPDX-License-Identifier: Apache-2.0
// What this process needs of the operating system, before anything else runs.
#include "main/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace veche::main {
namespace {

constexpr const char* kExecutable = "/proc/self/exe";

}  // namespace

void restart_without_slices(char** arguments) {
  if (std::getenv("G_SLICE")) return;
  setenv("G_SLICE", "always-malloc", 1);
  // Where this fails the server only needs more memory.
  execv(kExecutable, arguments);
}

void prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);
  setenv("G_TLS_GNUTLS_PRIORITY", "NORMAL:%COMPAT:-VERS-TLS1.1:-VERS-TLS1.0", 0);
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return;
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
}

std::vector<std::string> default_plugin_dirs() {
  std::error_code error;
  const auto executable = std::filesystem::read_symlink(kExecutable, error);
  if (error) return {};
  const auto directory = executable.parent_path();
  return {directory / "plugins", (directory / VECHE_INSTALLED_PLUGINS).lexically_normal()};
}

}  // namespace veche::main
