// SPDX-License-Identifier: Apache-2.0
// Puts wrong and extreme values into a configuration, one key at a time.
#include "schema_variants.hpp"

#include <cinttypes>
#include <cstdio>

#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "glib/json_schema.hpp"

namespace veche::tool {
namespace {

using glib::member;

/// `config` with one key set to a value.
Variant with(const std::string& config, const std::string& key, const std::string& value) {
  auto root = glib::parse_json(config);
  auto node = glib::parse_json(value);
  json_object_set_member(json_node_get_object(root->get()), key.c_str(),
                         std::move(node).value().release());
  return {key, value, glib::to_text(root->get())};
}

std::string text_of(JsonNode* property, const char* keyword) {
  JsonNode* node = member(property, keyword);
  return node ? json_node_get_string(node) : "";
}

/// The limit as JSON text, moved by `step`; "" if there is none.
std::string limit(JsonNode* property, const char* keyword, int step) {
  JsonNode* node = member(property, keyword);
  if (!node) return {};
  char text[48];
  if (glib::type_of(node) == "integer") {
    snprintf(text, sizeof text, "%" PRId64, json_node_get_int(node) + step);
  } else {
    snprintf(text, sizeof text, "%.17g", json_node_get_double(node) + step);
  }
  return text;
}

std::string quoted_length(JsonNode* property, const char* keyword, int step) {
  JsonNode* node = member(property, keyword);
  if (!node || json_node_get_int(node) + step < 0) return {};
  return '"' + std::string(static_cast<size_t>(json_node_get_int(node) + step), 'x') + '"';
}

std::vector<std::string> wrong_values(JsonNode* property) {
  const std::string type = text_of(property, "type");
  std::vector<std::string> values;
  if (!type.empty()) {
    values.push_back(type == "object" ? "[]" : "{}");
    values.emplace_back(type == "string" ? "1" : R"("x")");
    values.emplace_back("null");
  }
  if (type == "integer") values.emplace_back("1.5");
  if (member(property, "enum"))
    values.emplace_back(type == "integer" ? "987654321" : R"("\u0001")");
  for (const std::string& value :
       {limit(property, "minimum", -1), limit(property, "maximum", 1),
        quoted_length(property, "minLength", -1), quoted_length(property, "maxLength", 1)}) {
    if (!value.empty()) values.push_back(value);
  }
  return values;
}

std::string fitting_value(JsonNode* schema);

/// "{...}" with what is required.
std::string fitting_object(JsonNode* schema) {
  std::string text;
  JsonNode* const properties = member(schema, "properties");
  JsonNode* const required = member(schema, "required");
  JsonArray* const names = required ? json_node_get_array(required) : nullptr;
  for (guint i = 0; names && i < json_array_get_length(names); ++i) {
    const char* const name = json_array_get_string_element(names, i);
    JsonNode* const property = properties ? member(properties, name) : nullptr;
    text += (i > 0 ? ",\"" : "\"") + std::string(name) +
            "\":" + (property ? fitting_value(property) : "null");
  }
  return "{" + text + "}";
}

std::string fitting_value(JsonNode* schema) {
  if (JsonNode* choices = member(schema, "enum")) {
    return glib::to_text(json_array_get_element(json_node_get_array(choices), 0));
  }
  const std::string type = text_of(schema, "type");
  if (type == "object") return fitting_object(schema);
  if (type == "boolean") return "true";
  if (type == "string") {
    const std::string shortest = quoted_length(schema, "minLength", 0);
    return shortest.empty() ? R"("")" : shortest;
  }
  if (type == "array") {
    JsonNode* const least = member(schema, "minItems");
    JsonNode* const items = member(schema, "items");
    std::string text;
    for (int64_t i = 0; least && i < json_node_get_int(least); ++i) {
      text += (i > 0 ? "," : "") + (items ? fitting_value(items) : "null");
    }
    return "[" + text + "]";
  }
  if (type == "null") return "null";
  const std::string least = limit(schema, "minimum", 0), most = limit(schema, "maximum", 0);
  return !least.empty() ? least : !most.empty() ? most : "0";
}

/// Calls use(key, property) for each property of the schema.
template <class Use>
void for_each_property(const char* schema, Use&& use) {
  if (!schema) return;
  auto root = glib::parse_json(schema);
  if (!root || !JSON_NODE_HOLDS_OBJECT(root->get())) return;
  JsonNode* properties = member(root->get(), "properties");
  for (const std::string& key : glib::names_of(properties))
    use(key, member(properties, key.c_str()));
}

}  // namespace

std::vector<Variant> invalid_variants(const char* schema, const std::string& config) {
  std::vector<Variant> variants{{"", "", "[]"}, {"", "", "null"}, {"", "", "{"}};
  variants.push_back(with(config, "no_such_key", "1"));
  for_each_property(schema, [&](const std::string& key, JsonNode* property) {
    for (const std::string& value : wrong_values(property))
      variants.push_back(with(config, key, value));
  });
  return variants;
}

std::vector<Variant> limit_variants(const char* schema, const std::string& config) {
  std::vector<Variant> variants;
  for_each_property(schema, [&](const std::string& key, JsonNode* property) {
    for (const char* keyword : {"minimum", "maximum"}) {
      if (auto value = limit(property, keyword, 0); !value.empty())
        variants.push_back(with(config, key, value));
    }
  });
  return variants;
}

std::vector<Variant> hostile_variants(const char* schema, const std::string& config) {
  std::vector<Variant> variants;
  for_each_property(schema, [&](const std::string& key, JsonNode* property) {
    if (text_of(property, "type") != "string" || member(property, "enum")) return;
    for (const std::string& value :
         {std::string(R"("")"), std::string(R"("\u0001\u007f\ud83d\ude00%s%n")"),
          std::string(R"("\"}],'<script>--")"), '"' + std::string(3500, 'x') + '"',
          quoted_length(property, "maxLength", 0)}) {
      if (!value.empty()) variants.push_back(with(config, key, value));
    }
  });
  return variants;
}

std::optional<std::string> make_fitting(const char* schema) {
  const auto parsed = glib::JsonSchema::parse(schema);
  const auto root = glib::parse_json(schema);
  if (!parsed || !root) return std::nullopt;
  auto made = glib::parse_json(fitting_object(root->get()));
  if (!made || !parsed->apply(made->get(), true).empty()) return std::nullopt;
  return glib::to_text(made->get());
}

}  // namespace veche::tool
