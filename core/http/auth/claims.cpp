// SPDX-License-Identifier: Apache-2.0
// Reads and writes the claims of join tokens that are rights and settings.
#include "http/auth/claims.hpp"

#include <algorithm>

#include "http/auth/settings_fields.hpp"
#include "http/auth/tokens.hpp"

namespace veche::http {
namespace {

using glib::Fields;
using room::ParticipantSettings;

void read_publish(JsonNode* value, room::Permissions& to) {
  std::vector<std::string> kinds;
  glib::read_value(value, kinds);
  const auto has = [&](const char* kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  to.publish_audio = has("audio");
  to.publish_video = has("video");
}

void write_publish(glib::JsonWriter& json, const room::Permissions& from) {
  json.begin_array();
  if (from.publish_audio) json.string("audio");
  if (from.publish_video) json.string("video");
  json.end_array();
}

/// All but the permissions, which claims do not nest.
const Fields<ParticipantSettings>& setting_claims() {
  static const Fields<ParticipantSettings> fields{
      name_field<ParticipantSettings>(), metadata_field<ParticipantSettings>(),
      attributes_field<ParticipantSettings>(), slots_field<ParticipantSettings>(),
      muted_field<ParticipantSettings>()};
  return fields;
}

const Fields<JoinToken>& token_claims() {
  static const Fields<JoinToken> fields{create_room_field<JoinToken>()};
  return fields;
}

/// Leaving out these defaults keeps tokens short.
bool is_left_out(const std::string& claim, const ParticipantSettings& settings) {
  return (claim == "name" && settings.name.empty()) ||
         (claim == "metadata" && settings.metadata == "{}") ||
         (claim == "attributes" && settings.attributes.empty()) ||
         (claim == "muted" && !settings.muted_by_backend);
}

}  // namespace

const Fields<room::Permissions>& permission_fields() {
  static const Fields<room::Permissions> fields{
      {"publish", R"({"type": "array", "maxItems": 2, "default": ["audio", "video"],
          "items": {"type": "string", "enum": ["audio", "video"]}, "examples": [["audio"]],
          "description": "Kinds of tracks that the participant may send."})",
       read_publish, write_publish},
      glib::field<room::Permissions, &room::Permissions::subscribe>(
          "subscribe", R"({"type": "boolean", "default": true,
              "description": "May the participant hear the others?"})"),
  };
  return fields;
}

glib::FieldProblems read_claims(JsonNode* claims, JoinToken& token) {
  static const glib::JsonSchema schema = glib::schema_of(glib::object_schema(
      R"(, "additionalProperties": true)", setting_claims(), permission_fields(), token_claims()));
  glib::FieldProblems problems = schema.apply(claims, true);
  if (!problems.empty()) return problems;
  glib::read_fields(claims, token_claims(), token);
  glib::read_fields(claims, setting_claims(), token.settings);
  glib::read_fields(claims, permission_fields(), token.settings.permissions);
  return {};
}

std::string claims_of(const JoinToken& token) {
  glib::JsonWriter json;
  json.begin_object().key("sub").string(token.participant).key("room").string(token.room);
  json.key("iat").number(static_cast<double>(token.issued_ms) / 1000);
  json.key("exp").number(static_cast<double>(token.expires_ms) / 1000);
  if (token.create_room) glib::write_fields(json, token_claims(), token);
  for (const auto& claim : setting_claims()) {
    if (!is_left_out(claim.name, token.settings)) claim.write(json.key(claim.name), token.settings);
  }
  glib::write_fields(json, permission_fields(), token.settings.permissions);
  return json.end_object().text();
}

}  // namespace veche::http
