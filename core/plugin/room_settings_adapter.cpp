// SPDX-License-Identifier: Apache-2.0
// Checks the rooms' parts against the plugin's schema, and passes them to the plugin.
#include "plugin/room_settings_adapter.hpp"

#include <utility>

#include "base/log.hpp"
#include "glib/json.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/values.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

/// "/mode: has to be ...; /name: ..."
std::string text_of(const std::vector<FieldProblem>& problems) {
  std::string text;
  for (const FieldProblem& problem : problems) {
    if (!text.empty()) text += "; ";
    if (!problem.pointer.empty()) text += problem.pointer + ": ";
    text += problem.detail;
  }
  return text;
}

Result<std::string> apply(const glib::JsonSchema& schema, const std::string& json) {
  Result<glib::JsonPtr> node = glib::parse_json(json);
  if (!node) return invalid("they are not JSON: " + node.error().message);
  std::vector<FieldProblem> problems = schema.apply(node->get(), true);
  if (problems.empty()) return glib::to_text(node->get());
  const std::string text = text_of(problems);
  return Error{ErrorCode::InvalidArgument, text, std::move(problems)};
}

}  // namespace

Result<glib::JsonSchema> read_room_schema(const veche_room_settings& table) {
  if (!table.schema) return invalid("schema is null");
  Result<glib::JsonSchema> schema = glib::JsonSchema::parse(table.schema);
  if (!schema) return invalid("the schema is refused: " + schema.error().message);
  if (const auto defaults = apply(*schema, "{}"); !defaults) {
    return invalid("a room that says nothing does not fit the schema: " + defaults.error().message);
  }
  return schema;
}

Status RoomSettingsAdapter::check(const veche_room_settings& table) {
  const auto schema = read_room_schema(table);
  if (!schema) return schema.error();
  return Ok{};
}

Result<std::unique_ptr<Adapter>> RoomSettingsAdapter::bind(const veche_room_settings& table,
                                                           const Binding& binding) {
  auto schema = read_room_schema(table);
  if (!schema) return schema.error();
  return std::unique_ptr<Adapter>(new RoomSettingsAdapter(
      binding.request.name, table, *std::move(schema), binding.self, binding.timers));
}

RoomSettingsAdapter::RoomSettingsAdapter(std::string name, const veche_room_settings& table,
                                         glib::JsonSchema schema, veche_plugin* self,
                                         HookTimers& timers)
    : name_(std::move(name)),
      table_(table),
      schema_(std::move(schema)),
      self_(self),
      changed_timer_(timers.on_control("room_settings.changed")) {}

void RoomSettingsAdapter::give(media::Engine&, room::Server& rooms) {
  rooms.add_room_settings(*this);
}

void RoomSettingsAdapter::leave(room::Server& rooms) { rooms.remove_room_settings(*this); }

Result<std::string> RoomSettingsAdapter::complete(const std::string& json) const {
  return apply(schema_, json);
}

void RoomSettingsAdapter::changed(const std::string& room, const std::string& json) {
  if (!table_.changed) return;
  const Values values(glib::parse_json(json).value());
  const auto done =
      call_hook(changed_timer_, [&] { table_.changed(self_, room.c_str(), values.table()); });
  if (!done) log::error(name_, done.error().message);
}

}  // namespace veche::plugin
