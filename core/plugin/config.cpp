// SPDX-License-Identifier: Apache-2.0
// Validates a plugin's configuration, and fills in its defaults.
#include "plugin/config.hpp"

#include <utility>

#include "plugin/values.hpp"

namespace veche::plugin {
namespace {

constexpr std::string_view kNoConfiguration = R"({"type": "object", "properties": {}})";

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

JsonNode* Config::find(std::string_view pointer) const { return find_value(root_.get(), pointer); }

}  // namespace veche::plugin
