// SPDX-License-Identifier: Apache-2.0
// The program `veche`: does what the command line asks for.
#include <gst/gst.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <utility>

#include "base/descriptor.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "events/repair.hpp"
#include "glib/library_log.hpp"
#include "main/application.hpp"
#include "main/check_config.hpp"
#include "main/config.hpp"
#include "main/config_schema.hpp"
#include "main/crash_line.hpp"
#include "main/options.hpp"
#include "main/process.hpp"
#include "main/reload.hpp"
#include "room/random.hpp"

namespace veche::main {
namespace {

/// How long lines of the log may take that come before what is printed.
constexpr int64_t kLogFlushMs = 1000;

int print(const std::string& text) {
  return std::fputs(text.c_str(), stdout) == EOF || std::fflush(stdout) != 0 ? 1 : 0;
}

int complain(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  return 1;
}

/// Makes a configuration without keys usable. The API key is printed on its first use.
class KeysOfThisRun {
 public:
  void add_if_needed(Config& config) {
    if (config.http.signing_keys.empty()) {
      if (signing_secret_.empty()) signing_secret_ = room::random_token() + room::random_token();
      config.http.signing_keys.push_back({kid_, signing_secret_});
    }
    if (!config.http.keys.empty()) return;
    if (secret_.empty()) secret_ = room::random_token();
    config.http.keys.push_back({"admin", secret_, {"admin"}});
  }
  void print_if_new() {
    if (secret_.empty() || std::exchange(is_printed_, true)) return;
    print("API key of this run: admin." + secret_ + "\n");
  }

 private:
  /// Another one in each run, so that tokens of an earlier run are told that their key is unknown.
  const std::string kid_ = "run-" + room::random_token();
  std::string secret_, signing_secret_;
  bool is_printed_ = false;
};

LoadedConfig load(const Options& options) {
  if (!options.config_file.empty()) {
    return load_config(options.config_file, default_plugin_dirs());
  }
  return parse_config("{}", {std::filesystem::current_path().string(), default_plugin_dirs()});
}

int serve(const Options& options, const std::vector<std::string>& raised_limits) {
  auto [config, problems, advice] = load(options);
  if (!problems.empty()) return complain(problem_lines(options.config_file, problems));
  log::configure(config.log_level, config.log_format);
  use_crash_format(config.log_format);
  const log::Background background;
  for (const std::string& line : raised_limits) log::info("main", line);
  log_advice(advice);
  glib::log_what_libraries_say();
  KeysOfThisRun key;
  key.add_if_needed(config);
  gst_init(nullptr, nullptr);
  auto application = Application::start(config, [&] {
    LoadedConfig loaded =
        options.config_file.empty()
            ? load(options)
            : check_config(options.config_file, default_plugin_dirs(), plugin::Opening::None);
    if (!loaded.problems.empty()) return loaded;
    key.add_if_needed(loaded.config);
    key.print_if_new();
    return loaded;
  });
  if (!application) {
    log::flush(kLogFlushMs);
    return complain("veche: " + application.error().message + "\n");
  }
  key.print_if_new();
  (*application)->run();
  log::settle(true);
  return 0;
}

int check(const std::string& file) {
  const auto [config, problems, advice] = check_config(file, default_plugin_dirs());
  if (!problems.empty()) return complain(problem_lines(file, problems));
  return print(problem_lines(file, advice) + file + ": good\n");
}

int repair_events(const std::string& file) {
  const auto [config, problems, advice] = load_config(file, default_plugin_dirs());
  if (!problems.empty()) return complain(problem_lines(file, problems));
  if (config.events.file.empty()) {
    return complain(file + ": events.file is empty, so there is no event log to repair\n");
  }
  const Result<std::string> done = events::repair(config.events.file, unix_ms());
  if (!done) return complain("veche: " + done.error().message + "\n");
  return print(*done + "\n");
}

int run(const std::vector<std::string>& arguments, const std::vector<std::string>& raised_limits) {
  const Result<Options> options = parse_options(arguments);
  if (!options) return complain("veche: " + options.error().message + "\n");
  switch (options->action) {
    case Action::Serve: return serve(*options, raised_limits);
    case Action::CheckConfig: return check(options->config_file);
    case Action::RepairEvents: return repair_events(options->config_file);
    case Action::PrintVersion: return print(version_text());
    case Action::PrintHelp: return print(help_text());
    case Action::PrintConfigReference: return print(config_reference());
  }
  return 1;
}

}  // namespace
}  // namespace veche::main

int main(int count, char** arguments) {
  veche::open_standard_descriptors();
  veche::main::restart_without_slices(arguments);
  veche::main::write_line_on_crash();
  const std::vector<std::string> raised_limits = veche::main::prepare_process();
  try {
    return veche::main::run({arguments + 1, arguments + count}, raised_limits);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "veche: %s\n", exception.what());
    return 1;
  }
}
