// SPDX-License-Identifier: Apache-2.0
// Reads one member of a JSON body, for tests.
#pragma once

#include <initializer_list>
#include <string>

#include "glib/json.hpp"
#include "glib/json_node.hpp"

namespace veche::http {

/// The text of a member, by a path of names: "permissions", "publish".
inline std::string at(const std::string& body, std::initializer_list<const char*> path) {
  const auto root = glib::parse_json(body);
  if (!root.ok()) return "not JSON: " + body;
  JsonNode* node = root->get();
  for (const char* name : path) {
    node = JSON_NODE_HOLDS_OBJECT(node) ? glib::member(node, name) : nullptr;
    if (!node) return std::string("no ") + name + " in " + body;
  }
  return glib::to_text(node);
}

}  // namespace veche::http
