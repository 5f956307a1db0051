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

bool PluginParts::takes_parts(const std::string& name) const {
  return name == engine_.selector_name() ||
         std::any_of(plugins_.begin(), plugins_.end(),
                     [&](const RoomSettings* each) { return each->name() == name; });
}

bool PluginParts::has(const RoomSettings* plugin) const {
  return std::find(plugins_.begin(), plugins_.end(), plugin) != plugins_.end();
}

Status PluginParts::check(const Parts& parts, const Parts& stored) const {
  for (const auto& [name, json] : parts) {
    const auto former = stored.find(name);
    const bool stays = former != stored.end() && (json == "{}" || is_same(json, former->second));
    if (stays && !takes_parts(name)) continue;
    if (Status status = check_part(name, json); !status) return status.error();
  }
  return Ok{};
}

Status PluginParts::check_part(const std::string& name, const std::string& json) const {
  const auto plugin = std::find_if(plugins_.begin(), plugins_.end(),
                                   [&](const RoomSettings* each) { return each->name() == name; });
  const bool selects = name == engine_.selector_name();
  if (plugin == plugins_.end() && !selects) return unknown();
  if (Status status = check_object(what_of(name), json); !status) return status.error();
  if (plugin != plugins_.end()) {
    if (Result<std::string> taken = (*plugin)->complete(json); !taken) {
      return within(name, std::move(taken).error());
    }
  }
  return selects ? engine_.check_selector_settings(json) : Ok{};
}

Error PluginParts::unknown() const {
  std::vector<std::string> names;
  const std::string selector = engine_.selector_name();
  if (!selector.empty()) names.push_back(selector);
  for (const RoomSettings* plugin : plugins_) {
    if (plugin->name() != selector) names.push_back(plugin->name());
  }
  if (names.empty()) return invalid("No plugin with settings for rooms is loaded.");
  std::string list;
  for (const std::string& name : names) list.append(list.empty() ? "\"" : ", \"") += name + "\"";
  return names.size() == 1 ? invalid("Only the plugin " + list + " has settings for rooms.")
                           : invalid("Only these plugins have settings for rooms: " + list + ".");
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
