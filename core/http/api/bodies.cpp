// SPDX-License-Identifier: Apache-2.0
// Reading checked JSON into values.
#include "http/api/bodies.hpp"

#include <algorithm>
#include <cassert>

#include "glib/json_node.hpp"
#include "glib/merge_patch.hpp"
#include "http/api/schemas.hpp"
#include "http/auth/tokens.hpp"

namespace veche::http {
namespace {

using glib::JsonPtr;
using glib::JsonSchema;
using glib::member;

JsonSchema schema_of(const std::string& text) {
  Result<JsonSchema> schema = JsonSchema::parse(text);
  assert(schema.ok());
  return std::move(schema).value();
}

/// The object in `text`; the problems are empty if it fits the schema.
Checked<JsonPtr> parse_object(const std::string& text, const JsonSchema& schema) {
  Result<JsonPtr> node = glib::parse_json(text);
  if (!node.ok()) return {nullptr, {{"", "is not JSON: " + node.error().message}}};
  FieldProblems problems = schema.apply(node->get(), true);
  return {std::move(*node), std::move(problems)};
}

/// The same for a merge patch: what is checked is the outcome. `names` get the members that the
/// patch names.
Checked<JsonPtr> parse_patched(const std::string& patch, const std::string& current,
                               const JsonSchema& schema, std::vector<std::string>& names) {
  Result<JsonPtr> change = glib::parse_json(patch);
  if (!change.ok()) return {nullptr, {{"", "is not JSON: " + change.error().message}}};
  if (!JSON_NODE_HOLDS_OBJECT(change->get())) return {nullptr, {{"", "has to be an object"}}};
  Result<JsonPtr> target = glib::parse_json(current);
  assert(target.ok());
  glib::merge_patch(json_node_get_object(target->get()), json_node_get_object(change->get()));
  FieldProblems problems = schema.apply(target->get(), true);
  names = glib::names_of(change->get());
  return {std::move(*target), std::move(problems)};
}

std::string text_or(JsonNode* object, const char* name, const std::string& otherwise) {
  JsonNode* node = member(object, name);
  return node ? json_node_get_string(node) : otherwise;
}

std::string object_or_empty(JsonNode* object, const char* name) {
  JsonNode* node = member(object, name);
  return node ? glib::to_text(node) : "{}";
}

uint32_t integer_or(JsonNode* object, const char* name, uint32_t otherwise) {
  JsonNode* node = member(object, name);
  return node ? static_cast<uint32_t>(json_node_get_int(node)) : otherwise;
}

bool boolean_or(JsonNode* object, const char* name, bool otherwise) {
  JsonNode* node = member(object, name);
  return node ? json_node_get_boolean(node) != FALSE : otherwise;
}

std::vector<std::string> texts_of(JsonNode* array) {
  std::vector<std::string> texts;
  for (JsonNode* element : glib::elements_of(array)) {
    texts.emplace_back(json_node_get_string(element));
  }
  return texts;
}

/// From an object with `publish` and `subscribe`; null: the defaults.
room::Permissions permissions_of(JsonNode* object) {
  room::Permissions permissions;
  if (!object) return permissions;
  if (JsonNode* publish = member(object, "publish")) {
    const std::vector<std::string> kinds = texts_of(publish);
    const auto has = [&](const char* kind) {
      return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    };
    permissions.publish_audio = has("audio");
    permissions.publish_video = has("video");
  }
  permissions.subscribe = boolean_or(object, "subscribe", true);
  return permissions;
}

/// Everything but the permissions, which claims and bodies nest differently.
room::ParticipantSettings settings_of(JsonNode* object) {
  room::ParticipantSettings settings;
  settings.name = text_or(object, "name", "");
  settings.metadata = object_or_empty(object, "metadata");
  if (JsonNode* slots = member(object, "slots")) {
    settings.max_audio_slots = integer_or(slots, "audio", 0);
    settings.max_video_slots = integer_or(slots, "video", 0);
  }
  return settings;
}

bool is_plugin(const std::string& name) {
  return name != "max_participants" && name != "empty_timeout_s" && name != "metadata" &&
         name != "media_path";
}

room::RoomPolicy policy_of(JsonNode* object, uint32_t default_empty_timeout_s) {
  room::RoomPolicy policy;
  policy.max_participants = integer_or(object, "max_participants", 0);
  policy.empty_timeout_s = integer_or(object, "empty_timeout_s", default_empty_timeout_s);
  policy.path = media::parse_path(text_or(object, "media_path", ""));
  policy.metadata = object_or_empty(object, "metadata");
  for (const std::string& name : glib::names_of(object)) {
    if (is_plugin(name)) policy.plugins[name] = object_or_empty(object, name.c_str());
  }
  return policy;
}

const JsonSchema& room_schema() {
  static const JsonSchema schema = schema_of(kRoomSchema);
  return schema;
}

/// The patchable part of a policy, as read_room() would take it.
std::string text_of(const room::RoomPolicy& policy) {
  glib::JsonWriter json;
  json.begin_object();
  if (policy.max_participants > 0) json.key("max_participants").integer(policy.max_participants);
  json.key("empty_timeout_s").integer(policy.empty_timeout_s);
  if (policy.path) json.key("media_path").string(media::to_string(*policy.path));
  json.key("metadata").raw(policy.metadata);
  for (const auto& [name, settings] : policy.plugins) json.key(name).raw(settings);
  return json.end_object().text();
}

}  // namespace

Checked<room::RoomPolicy> read_room(const std::string& body, uint32_t default_empty_timeout_s) {
  Checked<JsonPtr> object = parse_object(body.empty() ? "{}" : body, room_schema());
  if (!object.ok()) return {{}, std::move(object.problems)};
  return {policy_of(object.value.get(), default_empty_timeout_s), {}};
}

Checked<room::RoomPatch> read_room_patch(const std::string& body, const room::RoomPolicy& current,
                                         uint32_t default_empty_timeout_s) {
  std::vector<std::string> names;
  Checked<JsonPtr> object = parse_patched(body, text_of(current), room_schema(), names);
  if (!object.ok()) return {{}, std::move(object.problems)};
  const room::RoomPolicy policy = policy_of(object.value.get(), default_empty_timeout_s);
  room::RoomPatch patch;
  for (const std::string& name : names) {
    if (name == "max_participants") patch.max_participants = policy.max_participants;
    if (name == "empty_timeout_s") patch.empty_timeout_s = policy.empty_timeout_s;
    if (name == "media_path") patch.path = policy.path;
    if (name == "metadata") patch.metadata = policy.metadata;
    if (!is_plugin(name)) continue;
    const auto settings = policy.plugins.find(name);
    patch.plugins[name] = settings == policy.plugins.end() ? "{}" : settings->second;
  }
  return {std::move(patch), {}};
}

Checked<PluginPatch> read_plugin_patch(const std::string& body) {
  static const JsonSchema schema = schema_of(kPluginPatchSchema);
  Checked<JsonPtr> object = parse_object(body, schema);
  if (!object.ok()) return {{}, std::move(object.problems)};
  PluginPatch patch;
  if (JsonNode* enabled = member(object.value.get(), "enabled")) {
    patch.enabled = json_node_get_boolean(enabled);
  }
  return {patch, {}};
}

Checked<uint32_t> read_drain(const std::string& body, uint32_t default_deadline_s) {
  static const JsonSchema schema = schema_of(kDrainSchema);
  Checked<JsonPtr> object = parse_object(body.empty() ? "{}" : body, schema);
  if (!object.ok()) return {0, std::move(object.problems)};
  return {integer_or(object.value.get(), "deadline_s", default_deadline_s), {}};
}

Checked<uint32_t> read_headers(const std::string& body) {
  static const JsonSchema schema = schema_of(kHeadersSchema);
  Checked<JsonPtr> object = parse_object(body.empty() ? "{}" : body, schema);
  if (!object.ok()) return {0, std::move(object.problems)};
  return {integer_or(object.value.get(), "seconds", uint32_t{60}), {}};
}

Checked<Invitation> read_invitation(const std::string& body) {
  static const JsonSchema schema = schema_of(kInvitationSchema);
  Checked<JsonPtr> object = parse_object(body.empty() ? "{}" : body, schema);
  if (!object.ok()) return {{}, std::move(object.problems)};
  Invitation invitation{text_or(object.value.get(), "id", ""), settings_of(object.value.get()),
                        integer_or(object.value.get(), "token_ttl_s", 0)};
  invitation.settings.permissions = permissions_of(member(object.value.get(), "permissions"));
  return {std::move(invitation), {}};
}

Checked<room::ParticipantPatch> read_participant_patch(const std::string& body,
                                                       const std::string& current) {
  static const JsonSchema schema = schema_of(kParticipantPatchSchema);
  std::vector<std::string> names;
  Checked<JsonPtr> object = parse_patched(body, current, schema, names);
  if (!object.ok()) return {{}, std::move(object.problems)};
  JsonNode* root = object.value.get();
  const room::ParticipantSettings settings = settings_of(root);
  room::ParticipantPatch patch;
  for (const std::string& name : names) {
    if (name == "name") patch.name = settings.name;
    if (name == "metadata") patch.metadata = settings.metadata;
    if (name == "permissions") patch.permissions = permissions_of(member(root, "permissions"));
    if (name == "slots") patch.max_audio_slots = settings.max_audio_slots;
    if (name == "slots") patch.max_video_slots = settings.max_video_slots;
    if (name == "muted") patch.muted = boolean_or(root, "muted", false);
    if (name == "pinned") patch.pinned = texts_of(member(root, "pinned"));
    if (name == "blocked") patch.blocked = texts_of(member(root, "blocked"));
  }
  return {std::move(patch), {}};
}

Checked<room::ParticipantSettings> settings_of_claims(JsonNode* claims) {
  static const JsonSchema schema = schema_of(kClaimsSchema);
  FieldProblems problems = schema.apply(claims, false);
  if (!problems.empty()) return {{}, std::move(problems)};
  room::ParticipantSettings settings = settings_of(claims);
  settings.permissions = permissions_of(claims);
  return {std::move(settings), {}};
}

std::string claims_of(const JoinToken& token) {
  const room::ParticipantSettings& settings = token.settings;
  glib::JsonWriter json;
  json.begin_object().key("sub").string(token.participant).key("room").string(token.room);
  json.key("exp").integer(token.expires_s);
  if (!settings.name.empty()) json.key("name").string(settings.name);
  if (settings.metadata != "{}") json.key("metadata").raw(settings.metadata);
  json.key("publish").begin_array();
  if (settings.permissions.publish_audio) json.string("audio");
  if (settings.permissions.publish_video) json.string("video");
  json.end_array().key("subscribe").boolean(settings.permissions.subscribe);
  json.key("slots").begin_object().key("audio").integer(settings.max_audio_slots);
  json.key("video").integer(settings.max_video_slots).end_object();
  return json.end_object().text();
}

Checked<ClientCommand> read_client_command(const std::string& message) {
  static const JsonSchema command_schema = schema_of(kCommandSchema);
  static const JsonSchema mute_schema = schema_of(kMuteSchema);
  static const JsonSchema names_schema = schema_of(kNamesSchema);
  Checked<JsonPtr> object = parse_object(message, command_schema);
  ClientCommand command;
  // The answer to a wrong command carries its id, if it has one.
  if (object.value && JSON_NODE_HOLDS_OBJECT(object.value.get())) {
    JsonNode* id = member(object.value.get(), "id");
    if (id && glib::is_type(id, "integer")) command.id = json_node_get_int(id);
  }
  if (!object.ok()) return {std::move(command), std::move(object.problems)};
  command.type = text_or(object.value.get(), "type", "");
  JsonNode* data = member(object.value.get(), "data");
  FieldProblems problems = (command.type == "mute" ? mute_schema : names_schema).apply(data, false);
  for (glib::SchemaProblem& problem : problems) problem.pointer = "/data" + problem.pointer;
  if (!problems.empty()) return {std::move(command), std::move(problems)};
  if (command.type == "mute") command.patch.muted = boolean_or(data, "muted", false);
  if (command.type == "pin") command.patch.pinned = texts_of(member(data, "participants"));
  if (command.type == "block") command.patch.blocked = texts_of(member(data, "participants"));
  return {std::move(command), {}};
}

}  // namespace veche::http
