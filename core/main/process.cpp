// SPDX-License-Identifier: Apache-2.0
// Environment, signals and limits.
#include "main/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace veche::main {
namespace {

constexpr const char* kExecutable = "/proc/self/exe";

void raise_limit(__rlimit_resource resource, const char* name, std::vector<std::string>& raised) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  const rlimit higher{limit.rlim_max, limit.rlim_max};
  if (setrlimit(resource, &higher) != 0) return;
  raised.push_back(std::string("limit of ") + name + " raised from " +
                   std::to_string(limit.rlim_cur) + " to " +
                   (higher.rlim_cur == RLIM_INFINITY ? "none" : std::to_string(higher.rlim_cur)));
}

}  // namespace

void restart_without_slices(char** arguments) {
  if (std::getenv("G_SLICE")) return;
  setenv("G_SLICE", "always-malloc", 1);
  // If this fails, the server just needs more memory.
  execv(kExecutable, arguments);
}

std::vector<std::string> prepare_process() {
  std::signal(SIGPIPE, SIG_IGN);
  // After restart_without_slices() it would be "exe", for ps, top and pkill.
  prctl(PR_SET_NAME, "veche");
  setenv("G_TLS_GNUTLS_PRIORITY", "NORMAL:%COMPAT:-VERS-TLS1.1:-VERS-TLS1.0", 0);
  std::vector<std::string> raised;
  raise_limit(RLIMIT_NOFILE, "descriptors", raised);
  raise_limit(RLIMIT_NPROC, "tasks", raised);
  return raised;
}

std::vector<std::string> default_plugin_dirs() {
  std::error_code error;
  const auto executable = std::filesystem::read_symlink(kExecutable, error);
  if (error) return {};
  const auto directory = executable.parent_path();
  return {directory / "plugins", (directory / VECHE_INSTALLED_PLUGINS).lexically_normal()};
}

}  // namespace veche::main
