// SPDX-License-Identifier: Apache-2.0
// Writes and reads kept answers as JSON objects.
#include "http/api/kept_answer.hpp"

#include "glib/checked_json.hpp"
#include "glib/fields.hpp"

namespace veche::http {
namespace {

using glib::member;

constexpr char kSchema[] = R"({"type": "object",
    "required": ["fingerprint", "expires_ms", "status", "content_type", "headers", "body"],
    "properties": {"fingerprint": {"type": "string"}, "expires_ms": {"type": "integer"},
        "status": {"type": "integer"}, "content_type": {"type": "string"},
        "headers": {"type": "array", "items": {"type": "array", "minItems": 2, "maxItems": 2,
            "items": {"type": "string"}}},
        "body": {"type": "string"}}})";

std::string text_of(JsonNode* object, const char* name) {
  return json_node_get_string(member(object, name));
}

}  // namespace

std::optional<std::string> kept_answer_json(const KeptAnswer& answer) {
  const Response& response = answer.response;
  const auto size = static_cast<gssize>(response.body.size());
  if (!g_utf8_validate(response.body.data(), size, nullptr)) return std::nullopt;
  glib::JsonWriter json;
  json.begin_object().key("fingerprint").string(answer.fingerprint);
  json.key("expires_ms").integer(answer.expires_ms).key("status").integer(response.status);
  json.key("content_type").string(response.content_type).key("headers").begin_array();
  for (const auto& [name, value] : response.headers) {
    json.begin_array().string(name).string(value).end_array();
  }
  return json.end_array().key("body").string(response.body).end_object().text();
}

std::optional<KeptAnswer> read_kept_answer(const std::string& id, const std::string& json) {
  static const glib::JsonSchema schema = glib::schema_of(kSchema);
  const size_t space = id.find(' ');
  const glib::Checked<glib::JsonPtr> object = glib::parse_object(json, schema);
  if (space == std::string::npos || !object) return std::nullopt;
  JsonNode* root = object.value.get();
  KeptAnswer answer{.caller = id.substr(0, space),
                    .key = id.substr(space + 1),
                    .fingerprint = text_of(root, "fingerprint"),
                    .expires_ms = json_node_get_int(member(root, "expires_ms"))};
  answer.response.status = static_cast<int>(json_node_get_int(member(root, "status")));
  answer.response.content_type = text_of(root, "content_type");
  answer.response.body = text_of(root, "body");
  for (JsonNode* header : glib::elements_of(member(root, "headers"))) {
    const std::vector<JsonNode*> pair = glib::elements_of(header);
    answer.response.header(json_node_get_string(pair[0]), json_node_get_string(pair[1]));
  }
  return answer;
}

}  // namespace veche::http
