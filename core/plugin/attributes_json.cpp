// SPDX-License-Identifier: Apache-2.0
// Writes and checks attributes.
#include "plugin/attributes_json.hpp"

#include "glib/fields.hpp"
#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "plugin/hook_call.hpp"
#include "room/checks.hpp"

namespace veche::plugin {

std::string attributes_json(const room::Attributes& attributes) {
  glib::JsonWriter json;
  glib::write_value(json, attributes);
  return json.text();
}

Result<room::Attributes> read_attributes(const char* json) {
  const Result<glib::JsonPtr> parsed = glib::parse_json(plugin_text(json));
  if (!parsed || !glib::is_type(parsed->get(), "object")) {
    return invalid("attributes are a JSON object of strings");
  }
  room::Attributes attributes;
  for (const std::string& name : glib::names_of(parsed->get())) {
    JsonNode* value = glib::member(parsed->get(), name.c_str());
    if (!glib::is_type(value, "string")) return invalid("the attribute " + name + " is no string");
    attributes.emplace(name, json_node_get_string(value));
  }
  if (Status checked = room::check_attributes(attributes); !checked) return checked.error();
  return attributes;
}

}  // namespace veche::plugin
