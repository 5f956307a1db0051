// SPDX-License-Identifier: Apache-2.0
// The extension veche.room-settings/2 as the room layer's RoomSettings.
#pragma once

#include <veche/room_settings.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "glib/json_schema.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"
#include "room/room_settings.hpp"

namespace veche::plugin {

/// The schema of a table, if rooms can be checked with it: it is sound, and {} fits.
Result<glib::JsonSchema> read_room_schema(const veche_room_settings& table);

/// [control] all of it.
class RoomSettingsAdapter final : public Adapter, public room::RoomSettings {
 public:
  using Table = veche_room_settings;
  static constexpr char kId[] = VECHE_EXT_ROOM_SETTINGS;
  static constexpr bool kExclusive = false;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_room_settings, changed));
  static Status check(const veche_room_settings& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_room_settings& table,
                                               const Binding& binding);

  /// `name` is the plugin's in the configuration; `schema` is the table's. Table, plugin and timers
  /// outlive the adapter.
  RoomSettingsAdapter(std::string name, const veche_room_settings& table, glib::JsonSchema schema,
                      veche_plugin* self, HookTimers& timers);

  void give(media::Engine& engine, room::Server& rooms) override;
  void leave(room::Server& rooms) override;

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
