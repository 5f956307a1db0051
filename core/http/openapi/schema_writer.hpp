// SPDX-License-Identifier: Apache-2.0
// JSON Schemas in an OpenAPI document: those with a title stand once, below components. Pure.
#pragma once

#include <map>
#include <string>

#include "glib/json.hpp"

namespace veche::http {

class SchemaWriter {
 public:
  /// MergePatch (RFC 7396): each member may be null, and none is required.
  enum class Use { Whole = 1, MergePatch };

  /// Writes the schema, or a reference to it. An object has no other members than those that it
  /// names, unless it says so. Two schemas of one title have to be the same.
  void write(glib::JsonWriter& json, const std::string& schema, Use use = Use::Whole);
  /// Of a plugin, whose titles are its own: no references.
  void write_foreign(glib::JsonWriter& json, const std::string& schema);
  /// The object of all that were referred to.
  void write_components(glib::JsonWriter& json) const;

 private:
  void write_node(glib::JsonWriter& json, JsonNode* schema, Use use);
  void write_keywords(glib::JsonWriter& json, JsonNode* schema, Use use);
  void write_keyword(glib::JsonWriter& json, const std::string& name, JsonNode* value, Use use);
  void write_properties(glib::JsonWriter& json, JsonNode* properties, Use use);

  std::map<std::string, std::string> components_;
  bool refers_ = true;
};

}  // namespace veche::http
