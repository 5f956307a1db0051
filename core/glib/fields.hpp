// SPDX-License-Identifier: Apache-2.0
// The members of a JSON object, each written once: from a table of them come schema, reader and
// writer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "glib/json.hpp"
#include "glib/json_node.hpp"

namespace veche::glib {

/// One member of a JSON object that stands for a T.
template <class T>
struct Field {
  std::string name;
  /// Of the value: type, bounds, default, description, in the subset of json_schema.hpp.
  std::string schema;
  /// `value` fits the schema; null, after a merge patch, makes the field empty. Null where clients
  /// only see the member: shown.hpp.
  void (*read)(JsonNode* value, T& to);
  std::function<void(JsonWriter& json, const T& from)> write;
  /// Null: the member is always there.
  std::function<bool(const T& from)> is_shown;
};
template <class T>
using Fields = std::vector<Field<T>>;

/// The schema of an object with the fields of all `tables`. `keywords` are added as they are.
template <class... T>
std::string object_schema(const std::string& keywords, const Fields<T>&... tables) {
  std::string properties;
  const auto add = [&properties](const auto& field) {
    properties += properties.empty() ? "\"" : ", \"";
    properties.append(field.name).append("\": ").append(field.schema);
  };
  (std::for_each(tables.begin(), tables.end(), add), ...);
  return R"({"type": "object", "properties": {)" + properties + "}" + keywords + "}";
}

/// The fields that an object has; the others stay as they are.
template <class T>
void read_fields(JsonNode* object, const Fields<T>& fields, T& to) {
  for (const Field<T>& field : fields) {
    if (JsonNode* value = member(object, field.name.c_str())) field.read(value, to);
  }
}

template <class T>
const Field<T>* find_field(const Fields<T>& fields, const std::string& name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field<T>& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

/// Into an object that has begun.
template <class T>
void write_fields(JsonWriter& json, const Fields<T>& fields, const T& from) {
  for (const Field<T>& field : fields) {
    if (!field.is_shown || field.is_shown(from)) field.write(json.key(field.name), from);
  }
}

/// A field of a patch is optional; what counts is within.
template <class V>
const V& given(const V& value) {
  return value;
}
template <class V>
const auto& given(const std::optional<V>& value) {
  return given(*value);
}
template <class V>
V& made(V& value) {
  return value = V{};
}
template <class V>
V& made(std::optional<V>& value) {
  return value.emplace();
}

inline void read_value(JsonNode* node, bool& to) { to = json_node_get_boolean(node) != FALSE; }
inline void read_value(JsonNode* node, int64_t& to) { to = json_node_get_int(node); }
inline void read_value(JsonNode* node, uint32_t& to) {
  to = static_cast<uint32_t>(json_node_get_int(node));
}
inline void read_value(JsonNode* node, std::string& to) { to = json_node_get_string(node); }
inline void read_value(JsonNode* node, std::vector<std::string>& to) {
  for (JsonNode* text : elements_of(node)) to.emplace_back(json_node_get_string(text));
}

inline void read_value(JsonNode* node, std::map<std::string, std::string>& to) {
  for (const std::string& name : names_of(node)) {
    to[name] = json_node_get_string(member(node, name.c_str()));
  }
}

inline void write_value(JsonWriter& json, bool value) { json.boolean(value); }
inline void write_value(JsonWriter& json, int64_t value) { json.integer(value); }
inline void write_value(JsonWriter& json, uint32_t value) { json.integer(value); }
inline void write_value(JsonWriter& json, const std::string& value) { json.string(value); }
inline void write_value(JsonWriter& json, const std::vector<std::string>& value) {
  json.begin_array();
  for (const std::string& text : value) json.string(text);
  json.end_array();
}
inline void write_value(JsonWriter& json, const std::map<std::string, std::string>& value) {
  json.begin_object();
  for (const auto& [name, text] : value) json.key(name).string(text);
  json.end_object();
}

/// `Member` of a T, or T itself without one.
template <class T, auto... Member>
Field<T> field(std::string name, std::string schema) {
  return {std::move(name), std::move(schema),
          [](JsonNode* value, T& to) {
            auto& member = made((to.*....*Member));
            if (value) read_value(value, member);
          },
          [](JsonWriter& json, const T& from) { write_value(json, given((from.*....*Member))); }};
}

/// A member of T that is the text of a JSON object, and was checked to be one.
template <class T, auto Member>
Field<T> json_field(std::string name, std::string schema) {
  return {std::move(name), std::move(schema),
          [](JsonNode* value, T& to) { to.*Member = value ? to_text(value) : "{}"; },
          [](JsonWriter& json, const T& from) { json.verbatim(given(from.*Member)); }};
}

/// An object with the fields `table()`: of `Member` of a T, or of T itself without one.
template <class T, auto table, auto... Member>
Field<T> object_field(std::string name, const std::string& description) {
  return {std::move(name),
          object_schema(R"(, "default": {}, "description": ")" + description + "\"", table()),
          [](JsonNode* value, T& to) {
            if constexpr (sizeof...(Member) == 0) {
              read_fields(value, table(), to);
            } else {
              read_fields(value, table(), made((to.*....*Member)));
            }
          },
          [](JsonWriter& json, const T& from) {
            json.begin_object();
            write_fields(json, table(), given((from.*....*Member)));
            json.end_object();
          }};
}

}  // namespace veche::glib
