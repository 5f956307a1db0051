// SPDX-License-Identifier: Apache-2.0
// Validates a plugin's configuration, fills defaults, and resolves JSON pointers.
#include "plugin/config.hpp"

#include <charconv>
#include <utility>

namespace veche::plugin {
namespace {

constexpr std::string_view kNoConfiguration = R"({"type": "object", "properties": {}})";

/// RFC 6901, section 4: "~1" is "/", "~0" is "~"; nothing if there is another "~".
std::optional<std::string> unescape(std::string_view token) {
  std::string text;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      text += token[i];
    } else if (++i < token.size() && (token[i] == '0' || token[i] == '1')) {
      text += token[i] == '0' ? '~' : '/';
    } else {
      return {};
    }
  }
  return text;
}

JsonNode* element(JsonArray* array, std::string_view token) {
  guint index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool whole = error == std::errc() && end == token.data() + token.size();
  const bool leading_zero = token.size() > 1 && token.front() == '0';
  if (!whole || leading_zero || index >= json_array_get_length(array)) return nullptr;
  return json_array_get_element(array, index);
}

JsonNode* child(JsonNode* node, std::string_view token) {
  if (JSON_NODE_HOLDS_ARRAY(node)) return element(json_node_get_array(node), token);
  if (!JSON_NODE_HOLDS_OBJECT(node)) return nullptr;
  const auto key = unescape(token);
  return key ? json_object_get_member(json_node_get_object(node), key->c_str()) : nullptr;
}

}  // namespace

Config::Config(glib::JsonPtr root) : root_(std::move(root)), json_(glib::to_text(root_.get())) {}

std::optional<Config> Config::make(const char* schema_text, std::string_view json,
                                   std::vector<SchemaProblem>& problems) {
  const auto schema = glib::JsonSchema::parse(schema_text ? schema_text : kNoConfiguration);
  if (!schema) {
    problems.push_back({"", "the plugin's config_schema is refused: " + schema.error().message});
    return {};
  }
  auto root = glib::parse_json(json);
  if (!root) {
    problems.push_back({"", "the configuration is not JSON: " + root.error().message});
    return {};
  }
  if (!JSON_NODE_HOLDS_OBJECT(root->get())) {
    problems.push_back({"", "the configuration must be an object"});
    return {};
  }
  auto wrong = schema->apply(root->get(), true);
  if (!wrong.empty()) {
    problems.insert(problems.end(), std::make_move_iterator(wrong.begin()),
                    std::make_move_iterator(wrong.end()));
    return {};
  }
  return Config(*std::move(root));
}

JsonNode* Config::find(std::string_view pointer) const {
  JsonNode* node = root_.get();
  while (node && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const size_t length = std::min(pointer.find('/'), pointer.size());
    node = child(node, pointer.substr(0, length));
    pointer.remove_prefix(length);
  }
  return node;
}

}  // namespace veche::plugin
