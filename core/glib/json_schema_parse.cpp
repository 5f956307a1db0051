// SPDX-License-Identifier: Apache-2.0
// Checks that a schema uses nothing but the subset, and uses it rightly.
#include <algorithm>

#include "glib/json_node.hpp"
#include "glib/json_schema.hpp"

namespace veche::glib {
namespace {

struct Keyword {
  std::string_view name;
  std::string_view value;  ///< The type of the keyword's own value; empty: any.
  std::string_view type;   ///< The "type" that has to stand beside it; empty: any.
};

constexpr Keyword kKeywords[] = {
    {"type", "string", ""},
    {"title", "string", ""},
    {"description", "string", ""},
    {"default", "", ""},
    {"examples", "array", ""},
    {"writeOnly", "boolean", ""},
    {"enum", "array", ""},
    {"properties", "object", "object"},
    {"required", "array", "object"},
    {"additionalProperties", "", "object"},
    {"minimum", "number", "number"},
    {"maximum", "number", "number"},
    {"minLength", "integer", "string"},
    {"maxLength", "integer", "string"},
    {"items", "object", "array"},
    {"minItems", "integer", "array"},
    {"maxItems", "integer", "array"},
};

constexpr std::string_view kTypes[] = {"object", "array", "string", "integer", "number", "boolean"};

std::string keyword_error(const Keyword& keyword, JsonNode* value, std::string_view type) {
  if (!is_type(value, keyword.value)) return "has to be of type " + std::string(keyword.value);
  const bool fits = keyword.type.empty() || type == keyword.type ||
                    (keyword.type == "number" && type == "integer");
  if (!fits) return "needs \"type\": \"" + std::string(keyword.type) + "\" beside it";
  if (keyword.value == "integer" && json_node_get_int(value) < 0) return "is negative";
  if (keyword.name == "type") {
    const std::string_view name = json_node_get_string(value);
    if (std::find(std::begin(kTypes), std::end(kTypes), name) == std::end(kTypes)) {
      return "is none of object, array, string, integer, number, boolean";
    }
  }
  if (keyword.name == "enum") {
    const std::vector<JsonNode*> values = elements_of(value);
    const bool plain = std::all_of(values.begin(), values.end(), [](JsonNode* element) {
      return is_type(element, "string") || is_type(element, "integer");
    });
    if (values.empty() || !plain) return "has to be a list of strings or integers";
  }
  return "";
}

/// Names in "required" that the object would then refuse as unknown, or that are no names.
std::string required_error(JsonNode* schema) {
  JsonNode* properties = member(schema, "properties");
  for (JsonNode* name : elements_of(member(schema, "required"))) {
    if (!is_type(name, "string")) return "has to be a list of strings";
    const bool known = properties && member(properties, json_node_get_string(name));
    if (!known && !member(schema, "additionalProperties")) {
      return "names \"" + std::string(json_node_get_string(name)) +
             "\", which is not in \"properties\"";
    }
  }
  return "";
}

struct Place {
  std::string pointer;
  JsonNode* schema;
};

std::vector<Place> inner_schemas(JsonNode* schema, const std::string& pointer) {
  std::vector<Place> places;
  JsonNode* properties = member(schema, "properties");
  for (const std::string& name : names_of(properties)) {
    places.push_back({child_pointer(child_pointer(pointer, "properties"), name),
                      member(properties, name.c_str())});
  }
  for (const char* name : {"items", "additionalProperties"}) {
    JsonNode* inner = member(schema, name);
    if (inner && !is_type(inner, "boolean"))
      places.push_back({child_pointer(pointer, name), inner});
  }
  return places;
}

/// The first thing that is wrong, with its place; empty: nothing.
std::string schema_error(JsonNode* schema, const std::string& pointer) {
  const auto at = [&](std::string_view name, const std::string& detail) {
    return child_pointer(pointer, name) + ": " + detail;
  };
  if (!is_type(schema, "object")) return pointer + ": a schema has to be an object";
  std::string_view type;
  if (JsonNode* node = member(schema, "type"); node && is_type(node, "string")) {
    type = json_node_get_string(node);
  }
  for (const std::string& name : names_of(schema)) {
    const auto* keyword = std::find_if(std::begin(kKeywords), std::end(kKeywords),
                                       [&](const Keyword& known) { return known.name == name; });
    if (keyword == std::end(kKeywords)) {
      return at(name, "this keyword is not supported, so nothing would check it");
    }
    const std::string error = keyword_error(*keyword, member(schema, name.c_str()), type);
    if (!error.empty()) return at(name, error);
  }
  if (std::string error = required_error(schema); !error.empty()) return at("required", error);
  for (const Place& inner : inner_schemas(schema, pointer)) {
    if (std::string error = schema_error(inner.schema, inner.pointer); !error.empty()) return error;
  }
  return "";
}

}  // namespace

JsonSchema::JsonSchema(JsonPtr root) : root_(std::move(root)) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

Result<JsonSchema> JsonSchema::parse(std::string_view text) {
  Result<JsonPtr> root = parse_json(text);
  if (!root) return invalid("the schema is not JSON: " + root.error().message);
  std::string error = schema_error(root.value().get(), "");
  if (error.empty()) error = default_error(root.value().get(), "");
  if (!error.empty()) return invalid("bad schema: " + error);
  return JsonSchema(std::move(root).value());
}

std::string JsonSchema::default_error(JsonNode* schema, const std::string& pointer) {
  if (JsonNode* standard = member(schema, "default")) {
    const auto problems = JsonSchema(JsonPtr(json_node_ref(schema))).apply(standard, false);
    if (!problems.empty()) {
      return child_pointer(pointer, "default") + problems[0].pointer + ": " + problems[0].detail;
    }
  }
  for (const Place& inner : inner_schemas(schema, pointer)) {
    std::string error = default_error(inner.schema, inner.pointer);
    if (!error.empty()) return error;
  }
  return "";
}

}  // namespace veche::glib
