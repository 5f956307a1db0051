// SPDX-License-Identifier: Apache-2.0
// Puts the problems of the file and of the plugins' parts together.
#include "main/check_config.hpp"

#include <algorithm>

#include "plugin/host.hpp"

namespace veche::main {

LoadedConfig check_config(const std::string& file, const std::vector<std::string>& plugin_dirs,
                          plugin::Opening opening) {
  LoadedConfig loaded = load_config(file, plugin_dirs);
  auto& [config, problems, advice] = loaded;
  for (plugin::PluginProblem& problem : plugin::Host::check(config.plugins, opening)) {
    std::string pointer = "/plugins/" + std::to_string(problem.index);
    // The host refuses duplicate names too; one report is enough.
    const bool is_known =
        std::any_of(problems.begin(), problems.end(), [&](const glib::SchemaProblem& known) {
          return known.pointer.rfind(pointer + "/", 0) == 0;
        });
    if (problem.pointer.empty() && is_known) continue;
    if (!problem.pointer.empty()) pointer += "/config" + problem.pointer;
    problems.push_back({std::move(pointer), std::move(problem.detail)});
  }
  return loaded;
}

std::string problem_lines(const std::string& file,
                          const std::vector<glib::SchemaProblem>& problems) {
  std::string lines;
  for (const auto& [pointer, detail] : problems) {
    lines.append(file).append(": ");
    if (!pointer.empty()) lines.append(pointer).append(": ");
    lines.append(detail).append("\n");
  }
  return lines;
}

}  // namespace veche::main
