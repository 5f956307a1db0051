// SPDX-License-Identifier: Apache-2.0
// How scalars, and lists of them, look in JSON: their type in a schema, and their text.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "glib/json.hpp"

namespace veche::glib {

/// A value of a getter that is the text of a JSON object, and was checked to be one.
struct ObjectText {
  std::string_view json;
};

template <class V>
inline constexpr bool kIsOptional = false;
template <class V>
inline constexpr bool kIsOptional<std::optional<V>> = true;

/// The keyword "type" of what a getter returns, and what belongs to it.
template <class V>
std::string type_keywords() {
  if constexpr (kIsOptional<V>) {
    // R"("type": "integer")" becomes R"("type": ["integer", "null"])".
    return R"("type": [)" + type_keywords<typename V::value_type>().substr(8) + R"(, "null"])";
  } else if constexpr (std::same_as<V, bool>) {
    return R"("type": "boolean")";
  } else if constexpr (std::integral<V>) {
    return R"("type": "integer")";
  } else if constexpr (std::floating_point<V>) {
    return R"("type": "number")";
  } else if constexpr (std::convertible_to<V, std::string_view>) {
    return R"("type": "string")";
  } else if constexpr (std::same_as<V, ObjectText>) {
    return R"("type": "object", "additionalProperties": true)";
  } else {
    return R"("type": "array", "items": {)" + type_keywords<typename V::value_type>() + "}";
  }
}

template <class V>
void write_shown(JsonWriter& json, const V& value) {
  if constexpr (kIsOptional<V>) {
    if (value) {
      write_shown(json, *value);
    } else {
      json.null();
    }
  } else if constexpr (std::same_as<V, bool>) {
    json.boolean(value);
  } else if constexpr (std::integral<V>) {
    json.integer(static_cast<int64_t>(value));
  } else if constexpr (std::floating_point<V>) {
    json.number(value);
  } else if constexpr (std::convertible_to<V, std::string_view>) {
    json.string(value);
  } else if constexpr (std::same_as<V, ObjectText>) {
    json.verbatim(value.json);
  } else {
    json.begin_array();
    for (const auto& each : value) write_shown(json, each);
    json.end_array();
  }
}

}  // namespace veche::glib
