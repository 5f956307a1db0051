// SPDX-License-Identifier: Apache-2.0
// A checked JSON object as plugins read it: scalars by JSON pointer (RFC 6901).
#pragma once

#include <veche/plugin.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "glib/json.hpp"

namespace veche::plugin {

/// The value at the pointer, owned by the root; null if there is none.
JsonNode* find_value(JsonNode* root, std::string_view pointer);

/// VECHE_E_INVALID, with *value unchanged, if the node is null or of another type.
veche_status read_integer(JsonNode* node, int64_t* value);
veche_status read_number(JsonNode* node, double* value);
veche_status read_boolean(JsonNode* node, int32_t* value);
/// The node owns the text.
veche_status read_string(JsonNode* node, const char** value);

/// [control] An object behind the table that a plugin gets for the time of one call.
class Values {
 public:
  explicit Values(glib::JsonPtr root);
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  const veche_values* table() const { return &handle_.table; }

 private:
  friend struct ValuesTable;
  struct Handle {
    veche_values table;  // First: the plugin's pointer leads to the handle.
    JsonNode* root;
  };
  const glib::JsonPtr root_;
  const std::string json_;
  const Handle handle_;
};

}  // namespace veche::plugin
