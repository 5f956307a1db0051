// SPDX-License-Identifier: Apache-2.0
// Parsing, then checking; problems say where and what is allowed.
#include "glib/checked_json.hpp"

#include <cassert>
#include <utility>

#include "glib/json_node.hpp"
#include "glib/merge_patch.hpp"

namespace veche::glib {

FieldProblems problems_of(const Error& error) {
  if (!error.fields.empty()) return error.fields;
  return {{"", "is not JSON: " + error.message}};
}

JsonSchema schema_of(const std::string& text) {
  Result<JsonSchema> schema = JsonSchema::parse(text);
  assert(schema);
  return std::move(schema).value();
}

Checked<JsonPtr> parse_object(const std::string& text, const JsonSchema& schema) {
  Result<JsonPtr> node = parse_json(text);
  if (!node) return {nullptr, problems_of(node.error())};
  FieldProblems problems = schema.apply(node->get(), true);
  return {std::move(*node), std::move(problems)};
}

Checked<JsonPtr> parse_patched(const std::string& patch, const std::string& current,
                               const JsonSchema& schema, std::vector<std::string>& names) {
  Result<JsonPtr> change = parse_json(patch);
  if (!change) return {nullptr, problems_of(change.error())};
  if (!JSON_NODE_HOLDS_OBJECT(change->get())) return {nullptr, {{"", "has to be an object"}}};
  Result<JsonPtr> target = parse_json(current);
  assert(target);
  merge_patch(json_node_get_object(target->get()), json_node_get_object(change->get()));
  FieldProblems problems = schema.apply(target->get(), true);
  names = names_of(change->get());
  return {std::move(*target), std::move(problems)};
}

}  // namespace veche::glib
