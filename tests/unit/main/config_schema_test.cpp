// SPDX-License-Identifier: Apache-2.0
// The schema describes every key, and docs/configuration.md matches it.
#include "main/config_schema.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "glib/json_node.hpp"

namespace veche::main {
namespace {

using glib::member;

void expect_described(JsonNode* schema, const std::string& key, bool is_required) {
  EXPECT_TRUE(member(schema, "description")) << key;
  EXPECT_NE(is_required, member(schema, "default") != nullptr) << key;
  JsonNode* items = member(schema, "items");
  JsonNode* holder = items && member(items, "properties") ? items : schema;
  for (const std::string& name : glib::names_of(member(holder, "properties"))) {
    bool required = false;
    for (JsonNode* other : glib::elements_of(member(holder, "required"))) {
      required = required || name == json_node_get_string(other);
    }
    expect_described(member(member(holder, "properties"), name.c_str()), key + "/" + name,
                     required);
  }
}

TEST(ConfigSchema, DescribesEveryKeyAndHasItsDefault) {
  JsonNode* sections = member(config_schema().root(), "properties");
  ASSERT_EQ(glib::names_of(sections).size(), 9U);
  for (const std::string& name : glib::names_of(sections)) {
    expect_described(member(sections, name.c_str()), name, false);
  }
}

TEST(ConfigSchema, HidesEverySecret) {
  JsonNode* root = member(config_schema().root(), "properties");
  const auto property = [](JsonNode* schema, const char* name) {
    return member(member(schema, "properties"), name);
  };
  JsonNode* key = member(property(member(root, "auth"), "keys"), "items");
  JsonNode* ice_server = member(property(member(root, "media"), "ice_servers"), "items");
  JsonNode* signing_key = member(property(member(root, "auth"), "signing_keys"), "items");
  for (JsonNode* holder : {key, signing_key, ice_server}) {
    JsonNode* hidden = member(property(holder, "secret"), "writeOnly");
    ASSERT_TRUE(hidden);
    EXPECT_TRUE(json_node_get_boolean(hidden));
  }
}

TEST(ConfigReference, IsWhatTheDocumentationSays) {
  std::ifstream file(VECHE_SOURCE_DIR "/docs/configuration.md");
  std::stringstream content;
  content << file.rdbuf();
  const std::string document = content.str(), begin = "<!-- reference begins -->\n";
  const size_t start = document.find(begin), end = document.find("<!-- reference ends -->");
  ASSERT_NE(start, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const size_t first = start + begin.size();
  EXPECT_EQ(document.substr(first, end - first), config_reference())
      << "Put the output of veche --print-config-reference between the markers.";
}

}  // namespace
}  // namespace veche::main
