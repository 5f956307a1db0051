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

/// Beyond 64 bits the shortest text may be that of an integer, which the parser refuses. Zero has
/// no sign, which an integer would not keep.
std::to_chars_result write_real(char* begin, char* end, double real) {
  constexpr double kFirstBeyond = 0x1p63;
  real += 0.0;
  if (std::abs(real) < kFirstBeyond) return std::to_chars(begin, end, real);
  return std::to_chars(begin, end, real, std::chars_format::scientific);
}

/// Bytes that are not UTF-8, and NUL, become U+FFFD: what is written can always be read.
void append_valid(std::string& out, std::string_view text) {
  const auto size = static_cast<gssize>(text.size());
  if (text.empty() || g_utf8_validate(text.data(), size, nullptr)) return append_string(out, text);
  const StringPtr valid(g_utf8_make_valid(text.data(), size));
  append_string(out, valid.get());
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

std::string& JsonWriter::separated() {
  if (std::exchange(needs_comma_, false)) text_ += ',';
  return text_;
}

JsonWriter& JsonWriter::add(std::string_view value) {
  separated() += value;
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_object() {
  separated() += '{';
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  text_ += '}';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separated() += '[';
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  text_ += ']';
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  append_valid(separated(), name);
  text_ += ':';
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view value) {
  append_valid(separated(), value);
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::integer(int64_t value) { return add(std::to_string(value)); }

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  const JsonPtr node(json_node_init_double(json_node_alloc(), value));
  return add(to_text(node.get()));
}

JsonWriter& JsonWriter::boolean(bool value) { return add(value ? "true" : "false"); }

JsonWriter& JsonWriter::null() { return add("null"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  const Result<JsonPtr> value = parse_json(json);
  return value ? add(to_text(value->get())) : null();
}

JsonWriter& JsonWriter::verbatim(std::string_view json) { return add(json); }

}  // namespace veche::glib
