// SPDX-License-Identifier: Apache-2.0
// Runs the parts of the conformance kit in their order.
#include "check.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/characters.hpp"
#include "lane_guard.hpp"
#include "system_calls.hpp"

namespace veche::tool {
namespace {

/// The name that a server would give the plugin: that of the file.
std::string name_of(const std::string& file) {
  std::string name = std::filesystem::path(file).stem().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return is_lower(c) || is_digit(c) || c == '_' ? c : '-'; });
  name.resize(std::min<size_t>(name.size(), 32));
  return name.empty() ? "plugin" : name;
}

}  // namespace

plugin::Candidate Kit::examine(const std::string& config) const {
  return plugin::examine({name_of(options.file), options.file, true, config}, {});
}

void check_log(const Kit& kit, const std::string& part) {
  std::istringstream log(kit.report.take_log());
  for (std::string line; std::getline(log, line);) {
    const bool threw = line.find(" threw an exception") != std::string::npos;
    const bool strayed =
        line.find("was called on another thread than control") != std::string::npos;
    if (threw || strayed) kit.report.fail(std::string(part).append(": ").append(line));
  }
  const std::string output = kit.report.take_output();
  if (!output.empty())
    kit.report.fail(part + ": it wrote to standard output, which is not its own: " +
                    output.substr(0, output.find('\n')));
}

void check_hooks(const Kit& kit, const std::string& part, const plugin::PluginInstance& instance) {
  for (const plugin::HookInfo& hook : instance.info().hooks) {
    if (hook.failures == 0) continue;
    kit.report.fail(part + ": " + hook.name + " failed in " + std::to_string(hook.failures) +
                    " of " + std::to_string(hook.calls) + " calls");
  }
}

bool check(const CheckOptions& options) {
  Report report;
  glib::ControlLoop loop;
  const bool catches_calls = can_catch_system_calls();  // Sets a signal handler.
  const ProcessState process = read_process_state();
  plugin::Surroundings surroundings;
  const Kit kit{options, report, loop, surroundings, process};
  if (!lane_guard_works())
    report.skip("allocations and locks on lanes, growth: this build has a sanitizer");
  if (!catches_calls)
    report.skip("system calls and sleeps on lanes: this build or this kernel cannot catch them");
  if (!check_entry(kit)) return false;
  check_configuration(kit);
  check_events(kit);
  check_selector_settings(kit);
  check_room_settings(kit);
  check_selector(kit);
  check_packet_policy(kit);
  check_controller(kit);
  check_http_routes(kit);
  check_admission(kit);
  check_client_messages(kit);
  check_life(kit);
  return report.failures() == 0;
}

}  // namespace veche::tool
