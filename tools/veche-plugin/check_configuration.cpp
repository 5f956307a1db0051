// SPDX-License-Identifier: Apache-2.0
// The part of the kit about the plugin's configuration, and rooms' own settings for a selector.
#include <veche/room_settings.h>

#include "check.hpp"
#include "media/selector.hpp"
#include "room/room_settings.hpp"
#include "schema_variants.hpp"

namespace veche::tool {
namespace {

const char* schema_of(const Kit& kit) { return kit.examine().entry->config_schema; }

const char* room_schema_of(const Kit& kit) {
  const void* table = kit.examine().entry->get_extension(VECHE_EXT_ROOM_SETTINGS);
  return static_cast<const veche_room_settings*>(table)->schema;
}

/// What is wrong with a failure's message; "" if it gives a reason.
std::string reason_fault(const std::string& message) {
  return message.find("failed without a reason") != std::string::npos
             ? "it fails without a reason in veche_error"
             : "";
}

}  // namespace

void check_configuration(const Kit& kit) {
  kit.report.begin("configuration");
  const char* schema = schema_of(kit);
  uint32_t refused = 0;
  for (const Variant& variant : invalid_variants(schema, kit.options.config)) {
    if (!kit.examine(variant.config).accepted()) {
      ++refused;
    } else if (variant.key != "no_such_key") {
      // A schema may allow keys that it does not name.
      kit.report.fail("configuration: the schema allows " + variant.config);
    }
  }
  kit.report.ok("configuration: " + std::to_string(refused) +
                " values outside the schema are refused");
  uint32_t taken = 0, declined = 0;
  for (const Variant& variant : limit_variants(schema, kit.options.config)) {
    plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine(variant.config));
    const auto started = instance.start();
    started ? ++taken : ++declined;
    if (started) continue;
    if (const auto fault = reason_fault(started.error().message); !fault.empty())
      kit.report.fail("configuration " + variant.config + ": " + fault);
  }
  if (taken + declined > 0) {
    kit.report.ok("configuration: at the schema's limits it starts " + std::to_string(taken) +
                  " times, and declines " + std::to_string(declined));
  }
  check_log(kit, "configuration");
}

void check_selector_settings(const Kit& kit) {
  kit.report.begin("selector settings");
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return;
  auto* const selector = instance.find<media::Selector>();
  if (!selector) return;
  auto defaults = selector->make_settings("{}");
  kit.report.judge("selector settings: {} is taken", defaults ? "" : defaults.error().message);
  const auto* const rooms = instance.find<room::RoomSettings>();
  if (!rooms) return;
  uint32_t taken = 0, declined = 0;
  for (const Variant& variant : limit_variants(room_schema_of(kit), "{}")) {
    const auto complete = rooms->complete(variant.config);
    if (!complete) continue;
    const auto made = selector->make_settings(*complete);
    made ? ++taken : ++declined;
    if (made) continue;
    if (const auto fault = reason_fault(made.error().message); !fault.empty()) {
      kit.report.fail("selector settings " + variant.config + ": " + fault);
    }
  }
  kit.report.ok("selector settings: at the limits of the schema for rooms it takes " +
                std::to_string(taken) + ", and declines " + std::to_string(declined));
  check_log(kit, "selector settings");
}

}  // namespace veche::tool
