// SPDX-License-Identifier: Apache-2.0
// Asks each plugin about its part.
#include "room/room_settings.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "glib/json.hpp"
#include "room/checks.hpp"

namespace veche::room {
namespace {

std::string what_of(const std::string& name) { return "The room's settings of " + name; }

/// The policy has the part under the plugin's name, which needs no escapes.
Error within(const std::string& name, Error error) {
  error.message = what_of(name) + " are refused: " + error.message;
  for (FieldProblem& field : error.fields) field.pointer = "/" + name + field.pointer;
  return error;
}

/// The order of members does not count.
bool is_same(const std::string& one, const std::string& other) {
  if (one == other) return true;
  const Result<glib::JsonPtr> left = glib::parse_json(one), right = glib::parse_json(other);
  return left && right && json_node_equal(left->get(), right->get());
}

}  // namespace

const RoomSettings* PluginParts::find(const std::string& name) const {
  const auto found = std::find_if(plugins_.begin(), plugins_.end(),
                                  [&](const RoomSettings* each) { return each->name() == name; });
  return found == plugins_.end() ? nullptr : *found;
}

bool PluginParts::has(const RoomSettings* plugin) const {
  return std::find(plugins_.begin(), plugins_.end(), plugin) != plugins_.end();
}

Status PluginParts::check(const Parts& parts, const Parts& stored) const {
  for (const auto& [name, json] : parts) {
    const auto former = stored.find(name);
    const bool stays = former != stored.end() && (json == "{}" || is_same(json, former->second));
    if (stays && !find(name)) continue;
    if (Status status = check_part(name, json); !status) return status.error();
  }
  return Ok{};
}

Status PluginParts::check_part(const std::string& name, const std::string& json) const {
  const RoomSettings* plugin = find(name);
  if (!plugin) return unknown();
  if (Status status = check_object(what_of(name), json); !status) return status.error();
  Result<std::string> complete = plugin->complete(json);
  if (!complete) return within(name, std::move(complete).error());
  if (name != engine_.selector_name()) return Ok{};
  Status taken = engine_.check_selector_settings(*complete);
  return taken ? taken : within(name, std::move(taken).error());
}

Error PluginParts::unknown() const {
  if (plugins_.empty()) return invalid("No plugin with settings for rooms is loaded.");
  std::string list;
  for (const RoomSettings* plugin : plugins_) {
    list.append(list.empty() ? "\"" : ", \"") += plugin->name() + "\"";
  }
  return plugins_.size() == 1
             ? invalid("Only the plugin " + list + " has settings for rooms.")
             : invalid("Only these plugins have settings for rooms: " + list + ".");
}

std::optional<std::string> PluginParts::selector_part(const std::string& room,
                                                      const RoomPolicy& policy) const {
  const RoomSettings* selector = find(engine_.selector_name());
  return selector ? std::optional(part_of(*selector, room, policy)) : std::nullopt;
}

std::string PluginParts::part_of(const RoomSettings& plugin, const std::string& room,
                                 const RoomPolicy& policy) {
  const auto part = policy.plugins.find(plugin.name());
  if (part != policy.plugins.end()) {
    Result<std::string> taken = plugin.complete(part->second);
    if (taken) return std::move(taken).value();
    std::string line = plugin.name();
    line.append(" rejects the room's settings, and uses its own: ");
    log::warning("room", line.append(taken.error().message), {room, {}, {}});
  }
  return plugin.complete("{}").value();
}

}  // namespace veche::room
