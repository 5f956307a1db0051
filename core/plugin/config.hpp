// SPDX-License-Identifier: Apache-2.0
// A plugin's part of the configuration: checked against the plugin's schema, and read by JSON
// pointer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "glib/json.hpp"
#include "glib/json_schema.hpp"

namespace veche::plugin {

using glib::SchemaProblem;

/// [control] Valid and with defaults filled in. Never changes once made.
class Config {
 public:
  /// `schema`: the plugin's, or null if it has no configuration; `json`: an object. Nothing if
  /// there are problems, which are appended.
  static std::optional<Config> make(const char* schema, std::string_view json,
                                    std::vector<SchemaProblem>& problems);

  /// The value at an RFC 6901 pointer, owned by this; null if there is none.
  JsonNode* find(std::string_view pointer) const;
  /// The whole configuration as JSON text.
  const std::string& json() const { return json_; }

 private:
  explicit Config(glib::JsonPtr root);
  glib::JsonPtr root_;
  std::string json_;
};

}  // namespace veche::plugin
