// SPDX-License-Identifier: Apache-2.0
// Turns the schema of the configuration into a Markdown reference.
#include "glib/json_node.hpp"
#include "main/config_reading.hpp"
#include "main/config_schema.hpp"

namespace veche::main {
namespace {

using glib::elements_of;
using glib::member;
using glib::names_of;

std::string code(const std::string& text) { return "`" + text + "`"; }

/// " 1 to 5", or nothing. Our schema has both bounds, one, or none.
std::string range(JsonNode* schema, const char* low, const char* high) {
  JsonNode* first = member(schema, low);
  JsonNode* last = member(schema, high);
  if (first && last && json_node_equal(first, last)) return glib::to_text(first);
  if (first && last) return glib::to_text(first) + " to " + glib::to_text(last);
  if (first) return "at least " + glib::to_text(first);
  return last ? "at most " + glib::to_text(last) : "";
}

std::string in_brackets(const std::string& text, const char* unit) {
  return text.empty() ? "" : " (" + text + unit + ")";
}

std::string kind(JsonNode* schema) {
  if (JsonNode* values = member(schema, "enum")) {
    std::string list;
    for (JsonNode* value : elements_of(values)) {
      list += (list.empty() ? "" : ", ") + code(glib::to_text(value));
    }
    return "one of " + list;
  }
  std::string type = text(schema, "type");
  if (type == "integer") return "integer" + in_brackets(range(schema, "minimum", "maximum"), "");
  if (type == "string") {
    return "string" + in_brackets(range(schema, "minLength", "maxLength"), " characters");
  }
  if (type == "array") {
    return "list" + in_brackets(range(schema, "minItems", "maxItems"), "") + " of " +
           kind(member(schema, "items"));
  }
  return type;
}

/// Objects are headed by a sentence; everything else is one row. `[]` stands for each element of a
/// list.
void append_rows(std::string& out, JsonNode* schema, const std::string& key, bool required) {
  std::string standard = required ? "required" : "";
  if (JsonNode* value = member(schema, "default")) standard = code(glib::to_text(value));
  std::string description = text(schema, "description");
  if (JsonNode* examples = member(schema, "examples")) {
    description += " Example: " + code(glib::to_text(elements_of(examples).front())) + ".";
  }
  const bool is_section = member(schema, "properties");
  if (!is_section) {
    out +=
        "| " + code(key) + " | " + kind(schema) + " | " + standard + " | " + description + " |\n";
  }
  JsonNode* holder = schema;
  std::string prefix = key + ".";
  if (JsonNode* items = member(schema, "items"); items && member(items, "properties")) {
    holder = items;
    prefix = key + "[].";
  }
  JsonNode* properties = member(holder, "properties");
  for (const std::string& name : names_of(properties)) {
    bool is_required = false;
    for (JsonNode* other : elements_of(member(holder, "required"))) {
      is_required = is_required || name == json_node_get_string(other);
    }
    append_rows(out, member(properties, name.c_str()), prefix + name, is_required);
  }
}

}  // namespace

std::string config_reference() {
  std::string out;
  JsonNode* sections = member(config_schema().root(), "properties");
  for (const std::string& name : names_of(sections)) {
    JsonNode* section = member(sections, name.c_str());
    out += "### " + code(name) + "\n\n";
    if (member(section, "properties")) out += text(section, "description") + "\n\n";
    out += "| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
    append_rows(out, section, name, false);
    out += "\n";
  }
  out.pop_back();
  return out;
}

}  // namespace veche::main
