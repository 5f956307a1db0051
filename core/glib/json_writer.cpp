// SPDX-License-Identifier: Apache-2.0
// Writes JSON that can be read again, whatever numbers and strings it is given. json-glib's own
// generator writes large numbers as "1e+20.0".
#include <charconv>
#include <cmath>
#include <utility>

#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "glib/ref.hpp"

namespace veche::glib {
namespace {

void append_string(std::string& out, std::string_view text) {
  static constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t", kNames = "\"\\bfnrt";
  out += '"';
  for (const char c : text) {
    if (const size_t index = kMeanings.find(c); index != std::string_view::npos) {
      out += '\\';
      out += kNames[index];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      g_snprintf(escape, sizeof escape, "\\u%04x", c);
      out += escape;
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Beyond 64 bits the shortest text may be that of an integer, which the parser refuses.
std::to_chars_result write_real(char* begin, char* end, double real) {
  constexpr double kFirstBeyond = 0x1p63;
  if (std::abs(real) < kFirstBeyond) return std::to_chars(begin, end, real);
  return std::to_chars(begin, end, real, std::chars_format::scientific);
}

void append_number(std::string& out, JsonNode* node) {
  char text[32];
  const auto end = type_of(node) == "integer"
                       ? std::to_chars(text, text + sizeof text, json_node_get_int(node))
                       : write_real(text, text + sizeof text, json_node_get_double(node));
  out.append(text, end.ptr);
}

void append_value(std::string& out, JsonNode* node) {
  const std::string_view type = type_of(node);
  const char* separator = "";
  if (type == "object") {
    out += '{';
    for (const std::string& name : names_of(node)) {
      append_string(out += std::exchange(separator, ","), name);
      append_value(out += ':', member(node, name.c_str()));
    }
    out += '}';
  } else if (type == "array") {
    out += '[';
    for (JsonNode* element : elements_of(node)) {
      append_value(out += std::exchange(separator, ","), element);
    }
    out += ']';
  } else if (type == "string") {
    append_string(out, json_node_get_string(node));
  } else if (type == "boolean") {
    out += json_node_get_boolean(node) ? "true" : "false";
  } else if (type == "null") {
    out += "null";
  } else {
    append_number(out, node);
  }
}

}  // namespace

std::string to_text(JsonNode* node) {
  std::string text;
  append_value(text, node);
  return text;
}

JsonWriter::JsonWriter() : builder_(json_builder_new()) {}

JsonWriter& JsonWriter::begin_object() {
  json_builder_begin_object(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  json_builder_end_object(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  json_builder_begin_array(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  json_builder_end_array(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  json_builder_set_member_name(builder_.get(), std::string(name).c_str());
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
  // Bytes that are not UTF-8, and NUL, become U+FFFD: what is written can always be read.
  const StringPtr valid(value.empty()
                            ? g_strdup("")
                            : g_utf8_make_valid(value.data(), static_cast<gssize>(value.size())));
  json_builder_add_string_value(builder_.get(), valid.get());
  return *this;
}

JsonWriter& JsonWriter::integer(int64_t value) {
  json_builder_add_int_value(builder_.get(), value);
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  json_builder_add_double_value(builder_.get(), value);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  json_builder_add_boolean_value(builder_.get(), value ? TRUE : FALSE);
  return *this;
}

JsonWriter& JsonWriter::null() {
  json_builder_add_null_value(builder_.get());
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  Result<JsonPtr> value = parse_json(json);
  if (!value) return null();
  json_builder_add_value(builder_.get(), value.value().release());
  return *this;
}

std::string JsonWriter::text() {
  const JsonPtr root(json_builder_get_root(builder_.get()));
  return to_text(root.get());
}

}  // namespace veche::glib
