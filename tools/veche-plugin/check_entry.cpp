// SPDX-License-Identifier: Apache-2.0
// The part of the kit that checks the file, the entry, and one life of the plugin.
#include <set>

#include "check.hpp"
#include "plugin/elf_exports.hpp"
#include "plugin/version.hpp"

namespace veche::tool {
namespace {

std::string export_fault(const std::string& file) {
  auto exports = plugin::read_elf_exports(file);
  if (!exports) return exports.error().message;
  std::string others;
  for (const std::string& name : *exports) {
    if (name != "veche_plugin_entry_1") others += " " + name;
  }
  return others.empty() ? "" : "it also exports" + others + "; link with veche-plugin.map";
}

std::string table_fault(const plugin::Candidate& candidate) {
  const auto get = candidate.entry->get_extension;
  if (get("veche.no-such-extension/9")) return "an unknown id is not answered with null";
  std::set<std::string> offered;
  for (const std::string& id : candidate.offers) {
    if (!offered.insert(id).second) return "it offers " + id + " twice";
    if (get(id.c_str()) != get(id.c_str())) return "the table of " + id + " is not constant";
  }
  return {};
}

}  // namespace

bool check_entry(const Kit& kit) {
  kit.report.begin("entry");
  const plugin::Candidate candidate = kit.examine();
  if (!candidate.accepted()) {
    kit.report.fail("entry: " + candidate.problems_text());
    return false;
  }
  const veche_plugin_entry& entry = *candidate.entry;
  kit.report.ok("entry: " + std::string(entry.id) + " " + entry.version + ", interface " +
                plugin::abi_version(entry.abi_minor) + ", the configuration is valid");
  kit.report.judge("entry: one exported symbol", export_fault(kit.options.file));

  kit.report.begin("create, start, stop, destroy");
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  auto started = instance.start();
  kit.report.judge("start", started ? "" : started.error().message);
  if (!started) return false;
  kit.report.judge("tables: one for each extension, constant", table_fault(candidate));
  instance.stop();
  kit.loop.iterate();
  check_hooks(kit, "start and stop", instance);
  check_log(kit, "start and stop");
  return true;
}

}  // namespace veche::tool
