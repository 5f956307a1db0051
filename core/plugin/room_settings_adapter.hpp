// SPDX-License-Identifier: Apache-2.0
// The extension veche.room-settings/1 as the room layer's RoomSettings.
#pragma once

#include <veche/room_settings.h>

#include <string>

#include "base/result.hpp"
#include "glib/json_schema.hpp"
#include "plugin/hook_timer.hpp"
#include "room/room_settings.hpp"

namespace veche::plugin {

/// The schema of a table, if rooms can be checked with it: it is sound, and {} fits.
Result<glib::JsonSchema> read_room_schema(const veche_room_settings& table);

/// [control] all of it.
class RoomSettingsAdapter final : public room::RoomSettings {
 public:
  /// `name` is the plugin's in the configuration; `schema` is the table's. Table, plugin and timers
  /// outlive the adapter.
  RoomSettingsAdapter(std::string name, const veche_room_settings& table, glib::JsonSchema schema,
                      veche_plugin* self, HookTimers& timers);

  std::string name() const override { return name_; }
  Result<std::string> complete(const std::string& json) const override;
  void changed(const std::string& room, const std::string& json) override;

 private:
  const std::string name_;
  const veche_room_settings& table_;
  const glib::JsonSchema schema_;
  veche_plugin* const self_;
  HookTimer& changed_timer_;
};

}  // namespace veche::plugin
