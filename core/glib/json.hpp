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

/// Writes the compact text of a value step by step; the calls have to nest properly, and each key
/// of an object comes once.
class JsonWriter {
 public:
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
  /// A value that is known to be JSON, because it was checked when it came: it is not parsed again.
  JsonWriter& verbatim(std::string_view json);
  /// What is written so far; the whole value once all is closed.
  std::string text() const { return text_; }

 private:
  std::string& separated();
  JsonWriter& add(std::string_view value);

  std::string text_;
  bool needs_comma_ = false;  ///< Before the next key or value.
};

}  // namespace veche::glib
