// SPDX-License-Identifier: Apache-2.0
// Looking into json-glib's nodes: types, members, elements, pointers.
#pragma once

#include <json-glib/json-glib.h>

#include <string>
#include <string_view>
#include <vector>

namespace veche::glib {

/// What a value is, in the words of JSON Schema. Whole numbers that fit 64 bit are "integer", all
/// others "number".
inline std::string_view type_of(JsonNode* value) {
  if (JSON_NODE_HOLDS_OBJECT(value)) return "object";
  if (JSON_NODE_HOLDS_ARRAY(value)) return "array";
  if (JSON_NODE_HOLDS_NULL(value)) return "null";
  const GType type = json_node_get_value_type(value);
  if (type == G_TYPE_STRING) return "string";
  if (type == G_TYPE_BOOLEAN) return "boolean";
  return type == G_TYPE_INT64 ? "integer" : "number";
}

/// Empty: every type.
inline bool is_type(JsonNode* value, std::string_view type) {
  const std::string_view actual = type_of(value);
  return type.empty() || actual == type || (type == "number" && actual == "integer");
}

/// Null if the object does not have it.
inline JsonNode* member(JsonNode* object, const char* name) {
  return json_object_get_member(json_node_get_object(object), name);
}

/// The names of an object's members, in order; none if it is null.
inline std::vector<std::string> names_of(JsonNode* object) {
  std::vector<std::string> names;
  if (!object) return names;
  GList* list = json_object_get_members(json_node_get_object(object));
  for (GList* item = list; item; item = item->next) {
    names.emplace_back(static_cast<const char*>(item->data));
  }
  g_list_free(list);
  return names;
}

/// The elements of an array; none if it is null.
inline std::vector<JsonNode*> elements_of(JsonNode* array) {
  std::vector<JsonNode*> elements;
  if (!array) return elements;
  JsonArray* list = json_node_get_array(array);
  for (guint i = 0; i < json_array_get_length(list); ++i) {
    elements.push_back(json_array_get_element(list, i));
  }
  return elements;
}

/// RFC 6901, section 3.
inline std::string child_pointer(const std::string& parent, std::string_view token) {
  std::string pointer = parent + '/';
  for (const char c : token) {
    if (c == '~' || c == '/') {
      pointer += c == '~' ? "~0" : "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

}  // namespace veche::glib
