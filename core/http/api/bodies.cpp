// SPDX-License-Identifier: Apache-2.0
// Reading checked JSON into values.
#include "http/api/bodies.hpp"

#include <algorithm>

#include "http/api/resource_fields.hpp"
#include "http/auth/settings_fields.hpp"

namespace veche::http {
namespace {

using glib::Fields;
using glib::JsonPtr;
using glib::JsonSchema;
using glib::member;
using glib::object_schema;
using glib::schema_of;
using glib::to_text;
using room::ParticipantPatch;
using room::RoomPatch;
using room::RoomPolicy;

/// An empty body is an empty object.
std::string body_or_object(const std::string& body) { return body.empty() ? "{}" : body; }

/// `to` with the fields that `body` has.
template <class T>
Checked<T> read_body(const std::string& body, const Fields<T>& fields, const JsonSchema& schema,
                     T to = {}) {
  Checked<JsonPtr> object = glib::parse_object(body, schema);
  if (!object) return {{}, std::move(object.problems)};
  glib::read_fields(object.value.get(), fields, to);
  return {std::move(to), {}};
}

const JsonSchema& policy_schema() {
  static const JsonSchema schema = schema_of(object_schema(
      std::string(R"(, "title": "RoomPolicy")") + kPluginSettings, room_fields<RoomPolicy>()));
  return schema;
}

bool is_plugin(const std::string& name) { return !find_field(room_fields<RoomPolicy>(), name); }

/// The members that a patch merges into; it replaces all others.
std::string objects_of(const RoomPolicy& policy) {
  glib::JsonWriter json;
  json.begin_object().key("metadata").raw(policy.metadata);
  for (const auto& [name, settings] : policy.plugins) json.key(name).raw(settings);
  return json.end_object().text();
}

}  // namespace

std::string room_body_schema() { return to_text(policy_schema().root()); }

Checked<RoomPolicy> read_room(const std::string& body, uint32_t default_empty_timeout_s) {
  Checked<JsonPtr> object = glib::parse_object(body_or_object(body), policy_schema());
  if (!object) return {{}, std::move(object.problems)};
  RoomPolicy policy{.empty_timeout_s = default_empty_timeout_s};
  glib::read_fields(object.value.get(), room_fields<RoomPolicy>(), policy);
  for (const std::string& name : glib::names_of(object.value.get())) {
    if (!is_plugin(name)) continue;
    policy.plugins[name] = to_text(member(object.value.get(), name.c_str()));
  }
  return {std::move(policy), {}};
}

Checked<RoomPatch> read_room_patch(const std::string& body, const RoomPolicy& current,
                                   uint32_t default_empty_timeout_s) {
  std::vector<std::string> names;
  Checked<JsonPtr> object = glib::parse_patched(body, objects_of(current), policy_schema(), names);
  if (!object) return {{}, std::move(object.problems)};
  RoomPatch patch;
  for (const std::string& name : names) {
    JsonNode* value = member(object.value.get(), name.c_str());
    if (const auto* field = find_field(room_fields<RoomPatch>(), name)) {
      field->read(value, patch);
      if (!value && name == "empty_timeout_s") patch.empty_timeout_s = default_empty_timeout_s;
    } else {
      patch.plugins[name] = value ? to_text(value) : "{}";
    }
  }
  return {std::move(patch), {}};
}

namespace {

const Fields<PluginPatch>& plugin_patch_fields() {
  static const Fields<PluginPatch> fields{glib::field<PluginPatch, &PluginPatch::enabled>(
      "enabled", R"({"type": "boolean", "description": "Does the plugin run?"})")};
  return fields;
}

const JsonSchema& plugin_patch_schema() {
  static const JsonSchema schema =
      schema_of(object_schema(R"(, "title": "PluginState")", plugin_patch_fields()));
  return schema;
}

const Fields<uint32_t>& drain_fields() {
  static const Fields<uint32_t> fields{
      glib::field<uint32_t>("deadline_s", R"({"type": "integer", "minimum": 0, "maximum": 86400,
          "examples": [300],
          "description": "The server ends after this many seconds at the latest. Default: server.drain_deadline_s of the configuration."})")};
  return fields;
}

const JsonSchema& drain_schema() {
  static const JsonSchema schema = schema_of(object_schema("", drain_fields()));
  return schema;
}

const Fields<uint32_t>& headers_fields() {
  static const Fields<uint32_t> fields{glib::field<uint32_t>(
      "seconds", R"({"type": "integer", "minimum": 1, "maximum": 600, "default": 60,
          "description": "How long packet headers are kept."})")};
  return fields;
}

const JsonSchema& headers_schema() {
  static const JsonSchema schema = schema_of(object_schema("", headers_fields()));
  return schema;
}

}  // namespace

std::string plugin_body_schema() { return to_text(plugin_patch_schema().root()); }
std::string drain_body_schema() { return to_text(drain_schema().root()); }
std::string headers_body_schema() { return to_text(headers_schema().root()); }

Checked<PluginPatch> read_plugin_patch(const std::string& body) {
  return read_body(body, plugin_patch_fields(), plugin_patch_schema());
}

Checked<uint32_t> read_drain(const std::string& body, uint32_t default_deadline_s) {
  return read_body(body_or_object(body), drain_fields(), drain_schema(), default_deadline_s);
}

Checked<uint32_t> read_headers(const std::string& body) {
  return read_body(body_or_object(body), headers_fields(), headers_schema());
}

namespace {

const JsonSchema& webhook_schema() {
  static const JsonSchema schema = schema_of(
      object_schema(R"(, "required": ["name", "url", "secrets"])", events::webhook_fields()));
  return schema;
}

}  // namespace

Checked<events::Webhook> read_webhook(const std::string& body) {
  return read_body(body, events::webhook_fields(), webhook_schema());
}

Checked<events::Webhook> read_webhook_patch(const std::string& body,
                                            const events::Webhook& current) {
  glib::JsonWriter json;
  json.begin_object();
  glib::write_fields(json, events::webhook_fields(), current);
  std::vector<std::string> names;
  Checked<JsonPtr> object =
      glib::parse_patched(body, json.end_object().text(), webhook_schema(), names);
  if (!object) return {{}, std::move(object.problems)};
  events::Webhook webhook;
  glib::read_fields(object.value.get(), events::webhook_fields(), webhook);
  return {std::move(webhook), {}};
}

namespace {

const Fields<int64_t>& replay_fields() {
  static const Fields<int64_t> fields{
      glib::field<int64_t>("after", R"({"type": "integer", "minimum": 0, "examples": [41],
          "description": "The id of an event: the server delivers all events after it again."})")};
  return fields;
}

const JsonSchema& replay_schema() {
  static const JsonSchema schema =
      schema_of(object_schema(R"(, "required": ["after"])", replay_fields()));
  return schema;
}

}  // namespace

std::string webhook_body_schema() { return to_text(webhook_schema().root()); }
std::string replay_body_schema() { return to_text(replay_schema().root()); }

Checked<int64_t> read_replay(const std::string& body) {
  return read_body(body, replay_fields(), replay_schema());
}

namespace {

/// The `id` of an invitation that has not been checked yet; empty if it has none.
std::string invited_in(const std::string& body) {
  const Result<JsonPtr> object = glib::parse_json(body);
  if (!object || !JSON_NODE_HOLDS_OBJECT(object->get())) return {};
  JsonNode* id = member(object->get(), "id");
  return id && glib::is_type(id, "string") ? json_node_get_string(id) : "";
}

const Fields<ParticipantPatch>& invited_fields() {
  static const Fields<ParticipantPatch> fields{
      name_field<ParticipantPatch>(),       metadata_field<ParticipantPatch>(),
      attributes_field<ParticipantPatch>(), permissions_field<ParticipantPatch>(),
      slots_field<ParticipantPatch>(),      muted_field<ParticipantPatch>()};
  return fields;
}

std::string invited_json(const room::ParticipantSettings& settings) {
  const ParticipantPatch all{.name = settings.name,
                             .metadata = settings.metadata,
                             .attributes = settings.attributes,
                             .permissions = settings.permissions,
                             .max_audio_slots = settings.max_audio_slots,
                             .max_video_slots = settings.max_video_slots,
                             .muted_by_backend = settings.muted_by_backend};
  glib::JsonWriter json;
  json.begin_object();
  glib::write_fields(json, invited_fields(), all);
  return json.end_object().text();
}

/// The fields that a patch names, from the object that it has been merged into.
void read_named(JsonNode* object, const std::vector<std::string>& names,
                const Fields<ParticipantPatch>& fields, ParticipantPatch& to) {
  for (const std::string& name : names) {
    const auto* field = find_field(fields, name);
    if (field) field->read(member(object, name.c_str()), to);
  }
}

const Fields<Invitation>& invitation_fields() {
  static const Fields<Invitation> fields{
      glib::field<Invitation, &Invitation::participant>("id",
                                                        R"({"type": "string", "examples": ["ann"],
              "description": "The participant's name in paths. Default: one that the server makes."})"),
      glib::field<Invitation, &Invitation::token_ttl_s>(
          "token_ttl_s", R"({"type": "integer", "minimum": 60, "maximum": 86400, "default": 21600,
              "description": "The join token is good for this many seconds."})"),
      create_room_field<Invitation>(),
  };
  return fields;
}

const JsonSchema& invitation_schema() {
  static const JsonSchema schema =
      schema_of(object_schema(R"(, "title": "Invitation")", invitation_fields(), invited_fields()));
  return schema;
}

const JsonSchema& settings_schema() {
  static const JsonSchema schema =
      schema_of(object_schema(R"(, "title": "ParticipantSettings")", participant_fields()));
  return schema;
}

}  // namespace

std::string invitation_body_schema() { return to_text(invitation_schema().root()); }
std::string participant_body_schema() { return to_text(settings_schema().root()); }

Checked<Invitation> read_invitation(const std::string& body, const SettingsOf& settings_of) {
  const std::string text = body_or_object(body);
  const std::string current = invited_json(settings_of(invited_in(text)));
  std::vector<std::string> names;
  Checked<JsonPtr> object = glib::parse_patched(text, current, invitation_schema(), names);
  if (!object) return {{}, std::move(object.problems)};
  Invitation invitation;
  glib::read_fields(object.value.get(), invitation_fields(), invitation);
  read_named(object.value.get(), names, invited_fields(), invitation.given);
  return {std::move(invitation), {}};
}

Checked<ParticipantPatch> read_participant_patch(const std::string& body,
                                                 const std::string& current) {
  std::vector<std::string> names;
  Checked<JsonPtr> object = glib::parse_patched(body, current, settings_schema(), names);
  if (!object) return {{}, std::move(object.problems)};
  ParticipantPatch patch;
  read_named(object.value.get(), names, participant_fields(), patch);
  return {std::move(patch), {}};
}

namespace {

constexpr char kCommandSchema[] =
    R"({"type": "object", "required": ["id", "type", "data"], "properties": {
    "id": {"type": "integer"},
    "type": {"type": "string", "enum": ["mute", "pin", "block", "plugin"]},
    "data": {"type": "object", "additionalProperties": true}}})";

/// What `data` of one type of command is.
struct CommandData {
  std::string type;
  Fields<ParticipantPatch> fields;
  JsonSchema schema;
};

/// With one required field.
CommandData command_data(std::string type, glib::Field<ParticipantPatch> field) {
  const Fields<ParticipantPatch> fields{std::move(field)};
  const std::string required = R"(, "required": [")" + fields[0].name + "\"]";
  return {std::move(type), fields, schema_of(object_schema(required, fields))};
}

const CommandData& data_of(const std::string& type) {
  static const std::string names = R"({"type": "array", "items": {"type": "string"}})";
  static const CommandData all[] = {
      command_data("mute", glib::field<ParticipantPatch, &ParticipantPatch::muted_by_self>(
                               "muted", R"({"type": "boolean"})")),
      command_data("pin",
                   glib::field<ParticipantPatch, &ParticipantPatch::pinned>("participants", names)),
      command_data("block", glib::field<ParticipantPatch, &ParticipantPatch::blocked>(
                                "participants", names)),
  };
  return *std::find_if(std::begin(all), std::end(all),
                       [&](const CommandData& data) { return data.type == type; });
}

constexpr char kPluginData[] = R"({"type": "object", "required": ["name", "data"], "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 32},
    "data": {"type": "object", "additionalProperties": true}}})";

glib::FieldProblems read_plugin_data(JsonNode* data, ClientCommand& command) {
  static const JsonSchema schema = schema_of(kPluginData);
  glib::FieldProblems problems = schema.apply(data, false);
  if (!problems.empty()) return problems;
  command.plugin = json_node_get_string(member(data, "name"));
  command.message = glib::to_text(member(data, "data"));
  return {};
}

glib::FieldProblems read_patch_data(JsonNode* data, ClientCommand& command) {
  const CommandData& expected = data_of(command.type);
  glib::FieldProblems problems = expected.schema.apply(data, false);
  if (problems.empty()) glib::read_fields(data, expected.fields, command.patch);
  return problems;
}

}  // namespace

Checked<ClientCommand> read_client_command(const std::string& message) {
  static const JsonSchema schema = schema_of(kCommandSchema);
  Checked<JsonPtr> object = glib::parse_object(message, schema);
  ClientCommand command;
  // The answer to an invalid command carries its id, if there is one.
  if (object.value && JSON_NODE_HOLDS_OBJECT(object.value.get())) {
    JsonNode* id = member(object.value.get(), "id");
    if (id && glib::is_type(id, "integer")) command.id = json_node_get_int(id);
  }
  if (!object) return {std::move(command), std::move(object.problems)};
  command.type = json_node_get_string(member(object.value.get(), "type"));
  JsonNode* data = member(object.value.get(), "data");
  glib::FieldProblems problems =
      command.type == "plugin" ? read_plugin_data(data, command) : read_patch_data(data, command);
  for (glib::SchemaProblem& problem : problems) problem.pointer = "/data" + problem.pointer;
  return {std::move(command), std::move(problems)};
}

}  // namespace veche::http
