// SPDX-License-Identifier: Apache-2.0
// Copies a schema keyword by keyword, and closes its objects.
#include "http/openapi/schema_writer.hpp"

#include <algorithm>
#include <cassert>

#include "glib/checked_json.hpp"
#include "glib/json_node.hpp"

namespace veche::http {
namespace {

using glib::elements_of;
using glib::JsonWriter;
using glib::member;
using glib::names_of;
using glib::to_text;

bool is_object_schema(JsonNode* schema) {
  JsonNode* type = member(schema, "type");
  if (!type) return false;
  if (!JSON_NODE_HOLDS_ARRAY(type)) return to_text(type) == "\"object\"";
  const std::vector<JsonNode*> types = elements_of(type);
  return std::any_of(types.begin(), types.end(),
                     [](JsonNode* each) { return to_text(each) == "\"object\""; });
}

}  // namespace

void SchemaWriter::write(JsonWriter& json, const std::string& schema, Use use) {
  const Result<glib::JsonPtr> node = glib::parse_json(schema);
  assert(node);
  write_node(json, node->get(), use);
}

void SchemaWriter::write_foreign(JsonWriter& json, const std::string& schema) {
  refers_ = false;
  write(json, schema);
  refers_ = true;
}

void SchemaWriter::write_components(JsonWriter& json) const {
  json.begin_object();
  for (const auto& [name, schema] : components_) json.key(name).verbatim(schema);
  json.end_object();
}

void SchemaWriter::write_node(JsonWriter& json, JsonNode* schema, Use use) {
  if (!JSON_NODE_HOLDS_OBJECT(schema)) {
    json.verbatim(to_text(schema));  // true or false
    return;
  }
  JsonNode* title = member(schema, "title");
  if (!title || !refers_) return write_keywords(json, schema, use);
  const std::string name =
      json_node_get_string(title) + std::string(use == Use::MergePatch ? "Patch" : "");
  JsonWriter definition;
  write_keywords(definition, schema, use);
  [[maybe_unused]] const auto [component, is_new] = components_.emplace(name, definition.text());
  assert(is_new || component->second == definition.text());
  json.begin_object().key("$ref").string("#/components/schemas/" + name).end_object();
}

void SchemaWriter::write_keywords(JsonWriter& json, JsonNode* schema, Use use) {
  json.begin_object();
  for (const std::string& name : names_of(schema)) {
    // A patch fills nothing in.
    if (use == Use::MergePatch && (name == "required" || name == "default")) continue;
    write_keyword(json.key(name), name, member(schema, name.c_str()), use);
  }
  if (is_object_schema(schema) && !member(schema, "additionalProperties")) {
    json.key("additionalProperties").boolean(false);
  }
  json.end_object();
}

void SchemaWriter::write_keyword(JsonWriter& json, const std::string& name, JsonNode* value,
                                 Use use) {
  if (name == "properties") {
    write_properties(json, value, use);
  } else if (name == "anyOf") {
    json.begin_array();
    for (JsonNode* each : elements_of(value)) write_node(json, each, use);
    json.end_array();
  } else if (name == "items") {
    write_node(json, value, Use::Whole);  // A patch replaces a whole list.
  } else if (name == "additionalProperties") {
    write_node(json, value, use);
  } else {
    json.verbatim(to_text(value));
  }
}

void SchemaWriter::write_properties(JsonWriter& json, JsonNode* properties, Use use) {
  json.begin_object();
  for (const std::string& name : names_of(properties)) {
    json.key(name);
    JsonNode* schema = member(properties, name.c_str());
    if (use == Use::Whole) {
      write_node(json, schema, use);
    } else {
      write_node(json.begin_object().key("anyOf").begin_array(), schema, use);
      json.begin_object().key("type").string("null").end_object().end_array().end_object();
    }
  }
  json.end_object();
}

}  // namespace veche::http
