// SPDX-License-Identifier: Apache-2.0
// The algorithm of RFC 7396, section 2.
#include "glib/merge_patch.hpp"

#include "glib/json_node.hpp"

namespace veche::glib {

void merge_patch(JsonObject* target, JsonObject* patch) {
  const JsonPtr holder(json_node_init_object(json_node_alloc(), patch));
  for (const std::string& name : names_of(holder.get())) {
    JsonNode* value = json_object_get_member(patch, name.c_str());
    if (JSON_NODE_HOLDS_NULL(value)) {
      json_object_remove_member(target, name.c_str());
    } else if (JSON_NODE_HOLDS_OBJECT(value)) {
      JsonNode* inner = json_object_get_member(target, name.c_str());
      if (!inner || !JSON_NODE_HOLDS_OBJECT(inner)) {
        json_object_set_object_member(target, name.c_str(), json_object_new());
        inner = json_object_get_member(target, name.c_str());
      }
      merge_patch(json_node_get_object(inner), json_node_get_object(value));
    } else {
      json_object_set_member(target, name.c_str(), json_node_copy(value));
    }
  }
}

}  // namespace veche::glib
