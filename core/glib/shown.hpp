// SPDX-License-Identifier: Apache-2.0
// The members of JSON objects that clients only see: from one row come the writer and the schema.
// Getters are lambdas or pointers to members. Schemas may use all of JSON Schema 2020-12.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "glib/fields.hpp"
#include "glib/shown_value.hpp"

namespace veche::glib {

/// `"description": "...", ` and further keywords, all of them optional. Ends with a comma.
inline std::string leading_keywords(std::string_view description, std::string_view keywords) {
  std::string text;
  if (!description.empty()) text.append(R"("description": ")").append(description).append("\", ");
  if (!keywords.empty()) text.append(keywords).append(", ");
  return text;
}

/// A scalar, a list of such, an ObjectText, or an optional scalar, which may be null. `keywords`
/// narrow the type: R"("format": "date-time")".
template <class T, class Get>
Field<T> shown(std::string name, std::string_view description, Get get,
               std::string_view keywords = {}) {
  using V = std::remove_cvref_t<std::invoke_result_t<Get, const T&>>;
  return {std::move(name), "{" + leading_keywords(description, keywords) + type_keywords<V>() + "}",
          nullptr,
          [get](JsonWriter& json, const T& from) { write_shown(json, std::invoke(get, from)); }};
}

inline constexpr char kDateTime[] = R"("format": "date-time")";

/// The schema of an object that the server writes from all `tables`: it has their members, and no
/// others unless `keywords` allow them.
template <class... T>
std::string shown_schema(const std::string& keywords, const Fields<T>&... tables) {
  std::string required;
  const auto add = [&required](const auto& field) {
    if (!field.is_shown) {
      required.append(required.empty() ? "\"" : ", \"").append(field.name).append("\"");
    }
  };
  (std::for_each(tables.begin(), tables.end(), add), ...);
  return object_schema(R"(, "required": [)" + required + "]" + keywords, tables...);
}

template <class T>
void write_object(JsonWriter& json, const Fields<T>& fields, const T& from) {
  json.begin_object();
  write_fields(json, fields, from);
  json.end_object();
}

template <class T>
std::string object_text(const Fields<T>& fields, const T& from) {
  JsonWriter json;
  write_object(json, fields, from);
  return json.text();
}

/// An object with the fields of `table`, which is never destroyed. Null where the getter returns an
/// empty optional or a null pointer.
template <class T, class U, class Get>
Field<T> shown_object(std::string name, std::string_view description, const Fields<U>& table,
                      Get get) {
  using V = std::remove_cvref_t<std::invoke_result_t<Get, const T&>>;
  constexpr bool kMayBeNull = kIsOptional<V> || std::is_pointer_v<V>;
  std::string schema = shown_schema("", table);
  if (kMayBeNull) schema = R"({"anyOf": [)" + schema + R"(, {"type": "null"}]})";
  return {std::move(name), "{" + leading_keywords(description, "") + schema.substr(1), nullptr,
          [&table, get](JsonWriter& json, const T& from) {
            const auto& value = std::invoke(get, from);
            if constexpr (!kMayBeNull) {
              write_object(json, table, value);
            } else if (value) {
              write_object(json, table, static_cast<const U&>(*value));
            } else {
              json.null();
            }
          }};
}

/// A list of objects with the fields of `table`, which is never destroyed.
template <class T, class U, class Get>
Field<T> shown_list(std::string name, std::string_view description, const Fields<U>& table,
                    Get get) {
  return {std::move(name),
          "{" + leading_keywords(description, "") + R"("type": "array", "items": )" +
              shown_schema("", table) + "}",
          nullptr, [&table, get](JsonWriter& json, const T& from) {
            json.begin_array();
            for (const U& each : std::invoke(get, from)) write_object(json, table, each);
            json.end_array();
          }};
}

/// The same field, in objects alone for which `is_shown` says so.
template <class T, class Is>
Field<T> shown_if(Is is_shown, Field<T> field) {
  field.is_shown = std::move(is_shown);
  return field;
}

}  // namespace veche::glib
