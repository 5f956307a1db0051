// SPDX-License-Identifier: Apache-2.0
// The part of the kit that gives rooms and their settings to a plugin.
#include <veche/room_settings.h>

#include "check.hpp"
#include "room/room_settings.hpp"
#include "schema_variants.hpp"

namespace veche::tool {
namespace {

const char* schema_of(const plugin::Candidate& candidate) {
  const void* table = candidate.entry->get_extension(VECHE_EXT_ROOM_SETTINGS);
  return static_cast<const veche_room_settings*>(table)->schema;
}

uint32_t count_refused(const Kit& kit, const room::RoomSettings& settings, const char* schema) {
  uint32_t refused = 0;
  for (const Variant& variant : invalid_variants(schema, "{}")) {
    if (!settings.complete(variant.config)) {
      ++refused;
    } else if (variant.key != "no_such_key") {
      // A schema may allow keys that it does not name.
      kit.report.fail("room settings: the schema allows " + variant.config);
    }
  }
  return refused;
}

}  // namespace

void check_room_settings(const Kit& kit) {
  const plugin::Candidate candidate = kit.examine();
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return;
  auto* const settings = instance.find<room::RoomSettings>();
  if (!settings) return;
  kit.report.begin("room settings");
  const char* schema = schema_of(candidate);
  const uint32_t refused = count_refused(kit, *settings, schema);
  std::vector<std::string> all{"{}", "{}"};
  for (const Variant& variant : limit_variants(schema, "{}")) all.push_back(variant.config);
  // Rooms that have closed before the plugin learns of them.
  for (const std::string room : {"lobby", "~.-_"}) {
    for (const std::string& config : all) {
      if (const auto complete = settings->complete(config)) settings->changed(room, *complete);
      kit.loop.iterate();
    }
  }
  instance.stop();
  kit.report.ok("room settings: " + std::to_string(refused) +
                " values outside the schema are refused; defaults, limits and repetitions are "
                "survived");
  check_hooks(kit, "room settings", instance);
  check_log(kit, "room settings");
}

}  // namespace veche::tool
