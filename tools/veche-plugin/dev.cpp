// SPDX-License-Identifier: Apache-2.0
// Watches the files below the working directory, and starts the server again with each new plugin:
// a library that is open cannot be replaced.
#include "dev.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

namespace veche::tool {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kLook{300};
/// A server that has not ended by then is killed.
constexpr int kMostLooksUntilEnd = 20;

volatile std::sig_atomic_t has_to_end = 0;

/// When the newest of the sources changed. Folders that are hidden, or whose names begin with
/// "build", have none; neither has the plugin itself.
fs::file_time_type newest_source(const fs::path& plugin) {
  auto newest = fs::file_time_type::min();
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(".", error);
  for (; entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (entry->is_directory(error)) {
      if (name.starts_with(".") || name.starts_with("build")) entry.disable_recursion_pending();
      continue;
    }
    const bool is_source = entry->is_regular_file(error) && !name.starts_with(".") &&
                           !fs::equivalent(entry->path(), plugin, error);
    if (is_source) newest = std::max(newest, entry->last_write_time(error));
  }
  return newest;
}

std::optional<fs::file_time_type> time_of(const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  return error ? std::nullopt : std::optional(time);
}

/// For loopback alone: its key is known to everybody.
std::string configuration(const DevOptions& options, const fs::path& plugin) {
  const std::string name = plugin.stem();
  return R"({"http": {"listen": [")" + options.listen +
         R"("]}, "auth": {"keys": [{"id": "dev", "secret": "devsecret-devsecret", "scopes": ["admin"]}]}, )"
         R"("log": {"level": "debug"}, "plugins": [{"name": ")" +
         name + R"(", "path": ")" + plugin.string() + R"(", "config": )" + options.config + "}]}";
}

/// The server, as long as this lives.
class Server {
 public:
  Server(const std::string& program, const std::string& config_file) : child_(fork()) {
    if (child_ != 0) return;
    execlp(program.c_str(), program.c_str(), "--config", config_file.c_str(), nullptr);
    std::fprintf(stderr, "veche-plugin: %s cannot be run: see --server\n", program.c_str());
    _exit(127);
  }
  ~Server() {
    if (child_ <= 0) return;
    kill(child_, SIGTERM);
    for (int look = 0; look < kMostLooksUntilEnd && is_running(); ++look) {
      std::this_thread::sleep_for(kLook);
    }
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  bool is_running() {
    if (child_ > 0 && waitpid(child_, nullptr, WNOHANG) == child_) child_ = 0;
    return child_ > 0;
  }

 private:
  pid_t child_;
};

/// True: there is nothing to build, or the command has succeeded.
bool build(const std::string& command) {
  if (command.empty()) return true;
  std::fprintf(stderr, "veche-plugin: %s\n", command.c_str());
  if (std::system(command.c_str()) == 0) return true;  // NOLINT: what the author has written.
  std::fputs("veche-plugin: the build has failed; the server goes on as it is\n", stderr);
  return false;
}

}  // namespace

int develop(const DevOptions& options) {
  const auto end = [](int) { has_to_end = 1; };
  std::signal(SIGINT, end);
  std::signal(SIGTERM, end);
  const fs::path plugin = fs::absolute(options.file);
  const fs::path config_file =
      fs::temp_directory_path() / ("veche-plugin-dev-" + std::to_string(getpid()) + ".json");
  std::ofstream(config_file) << configuration(options, plugin);

  std::optional<fs::file_time_type> loaded, built;
  std::unique_ptr<Server> server;
  while (has_to_end == 0) {
    const fs::file_time_type sources = newest_source(plugin);
    if (sources != built) {
      build(options.build);
      built = sources;  // What the build itself has written is no reason to build again.
    }
    const auto newest = time_of(plugin);
    if (newest && newest != loaded) {
      server.reset();
      std::fprintf(stderr, "veche-plugin: loads %s\n", plugin.c_str());
      server = std::make_unique<Server>(options.server, config_file);
      loaded = newest;
    } else if (server && !server->is_running()) {
      server.reset();
      std::fputs("veche-plugin: the server has ended; it starts again with the next change\n",
                 stderr);
    }
    std::this_thread::sleep_for(kLook);
  }
  server.reset();
  std::error_code error;
  fs::remove(config_file, error);
  return 0;
}

}  // namespace veche::tool
