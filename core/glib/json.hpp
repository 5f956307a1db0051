// SPDX-License-Identifier: Apache-2.0
// JSON on json-glib: parsing untrusted text, and writing.
#pragma once

#include <json-glib/json-glib.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace veche::glib {

struct JsonDeleter {
  void operator()(JsonNode* node) const { json_node_unref(node); }
  void operator()(JsonBuilder* builder) const { g_object_unref(builder); }
};
using JsonPtr = std::unique_ptr<JsonNode, JsonDeleter>;

/// Parses one JSON value. Refuses a byte order mark, invalid UTF-8, more than 64 levels of nesting
/// (json-glib recurses) and trailing text; the error says line and column. Refuses integers beyond
/// 64 bits and numbers beyond a double too, because they would become other numbers: then the
/// error's `fields` says where the number stands.
Result<JsonPtr> parse_json(std::string_view text);

/// Replaces `//` and `/* */` comments outside strings by spaces, so that line numbers stay. For
/// configuration files.
std::string without_comments(std::string_view text);

/// Compact text of a value.
std::string to_text(JsonNode* node);

/// Writes a value step by step; the calls have to nest properly, as with JsonBuilder.
class JsonWriter {
 public:
  JsonWriter();
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view value);
  JsonWriter& integer(int64_t value);
  JsonWriter& number(double value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// A value that is JSON text already, for instance stored metadata. Text that does not parse
  /// becomes null.
  JsonWriter& raw(std::string_view json);
  /// The finished value as compact text.
  std::string text();

 private:
  std::unique_ptr<JsonBuilder, JsonDeleter> builder_;
};

}  // namespace veche::glib
