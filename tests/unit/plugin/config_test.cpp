// SPDX-License-Identifier: Apache-2.0
// Validation of a plugin's configuration, and JSON pointers into it.
#include "plugin/config.hpp"

#include <gmock/gmock.h>

namespace veche::plugin {
namespace {

using ::testing::HasSubstr;

constexpr char kSchema[] = R"({"type": "object", "properties": {
  "max": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
  "rows": {"type": "array", "items": {"type": "object", "properties": {"a/b": {"type": "string"},
                                                                       "m~n": {"type": "string"}}}}}})";

TEST(PluginConfig, FillsDefaults) {
  std::vector<SchemaProblem> problems;
  const auto config = Config::make(kSchema, "{}", problems);
  ASSERT_TRUE(config && problems.empty());
  EXPECT_EQ(config->json(), R"({"max":3})");
  EXPECT_EQ(json_node_get_int(config->find("/max")), 3);
}

TEST(PluginConfig, ResolvesPointersAsRfc6901Says) {
  std::vector<SchemaProblem> problems;
  const auto config = Config::make(kSchema, R"({"rows": [{"a/b": "x"}, {"m~n": "y"}]})", problems);
  ASSERT_TRUE(config);
  EXPECT_STREQ(json_node_get_string(config->find("/rows/0/a~1b")), "x");
  EXPECT_STREQ(json_node_get_string(config->find("/rows/1/m~0n")), "y");
  EXPECT_TRUE(JSON_NODE_HOLDS_OBJECT(config->find("")));
  EXPECT_TRUE(JSON_NODE_HOLDS_ARRAY(config->find("/rows")));
  for (const char* absent :
       {"max", "/", "/none", "/max/0", "/rows/2", "/rows/00", "/rows/-1", "/rows/-", "/rows/1x",
        "/rows/99999999999999999999", "/rows/1/m~n", "/rows/1/m~2n", "/rows/1/m~", "//"}) {
    EXPECT_EQ(config->find(absent), nullptr) << absent;
  }
}

TEST(PluginConfig, SaysWhereAndWhatIsWrong) {
  const struct {
    const char *schema, *json, *pointer, *expected;
  } cases[] = {
      {kSchema, R"({"max": 12})", "/max", "12"},
      {kSchema, R"({"maximum": 1})", "/maximum", ""},
      {kSchema, "[]", "", "must be an object"},
      {kSchema, "{", "", "not JSON"},
      {nullptr, R"({"max": 1})", "/max", ""},
      {R"({"type": "object", "oneOf": []})", "{}", "", "config_schema is refused"},
      {"no schema", "{}", "", "config_schema is refused"},
  };
  for (const auto& [schema, json, pointer, expected] : cases) {
    std::vector<SchemaProblem> problems;
    EXPECT_FALSE(Config::make(schema, json, problems)) << json;
    ASSERT_EQ(problems.size(), 1u) << json;
    EXPECT_EQ(problems[0].pointer, pointer);
    EXPECT_THAT(problems[0].detail, HasSubstr(expected));
  }
}

TEST(PluginConfig, IsEmptyWithoutASchema) {
  std::vector<SchemaProblem> problems;
  const auto config = Config::make(nullptr, "{}", problems);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->json(), "{}");
}

}  // namespace
}  // namespace veche::plugin
