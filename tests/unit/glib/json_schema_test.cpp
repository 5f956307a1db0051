// SPDX-License-Identifier: Apache-2.0
// Every keyword of the schema subset, refused schemas, defaults, pointers and messages.
#include "glib/json_schema.hpp"

#include <gtest/gtest.h>

namespace veche::glib {
namespace {

/// "" if the value is allowed, otherwise one line for each problem: "pointer: detail".
std::string problems(std::string_view schema_text, std::string_view value_text) {
  Result<JsonSchema> schema = JsonSchema::parse(schema_text);
  if (!schema.ok()) return "schema: " + schema.error().message;
  Result<JsonPtr> value = parse_json(value_text);
  if (!value.ok()) return "value: " + value.error().message;
  std::string lines;
  for (const SchemaProblem& problem : schema.value().apply(value.value().get(), false)) {
    lines += (lines.empty() ? "" : "\n") + problem.pointer + ": " + problem.detail;
  }
  return lines;
}

std::string filled(std::string_view schema_text, std::string_view value_text) {
  Result<JsonSchema> schema = JsonSchema::parse(schema_text);
  if (!schema.ok()) return schema.error().message;
  Result<JsonPtr> value = parse_json(value_text);
  if (!schema.value().apply(value.value().get(), true).empty()) return "problems";
  return to_text(value.value().get());
}

std::string schema_refusal(std::string_view text) {
  Result<JsonSchema> schema = JsonSchema::parse(text);
  return schema.ok() ? "accepted" : schema.error().message;
}

struct Case {
  const char* schema;
  const char* value;
  const char* problems;
};

void check(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    EXPECT_EQ(problems(test.schema, test.value), test.problems) << test.schema << " " << test.value;
  }
}

TEST(JsonSchema, ChecksTypes) {
  check({
      {R"({"type":"object"})", "{}", ""},
      {R"({"type":"object"})", "[]",
       ": an array of exactly 0 elements is not allowed; allowed: an object"},
      {R"({"type":"array"})", "[1,null]", ""},
      {R"({"type":"array"})", "{}", ": an object is not allowed; allowed: an array"},
      {R"({"type":"string"})", R"("x")", ""},
      {R"({"type":"string"})", "1", ": 1 is not allowed; allowed: a string"},
      {R"({"type":"integer"})", "1", ""},
      {R"({"type":"integer"})", "1.5", ": 1.5 is not allowed; allowed: an integer"},
      {R"({"type":"integer"})", "1e20", ": 1e+20 is not allowed; allowed: an integer"},
      {R"({"type":"integer"})", R"("1")", ": \"1\" is not allowed; allowed: an integer"},
      {R"({"type":"number"})", "1", ""},
      {R"({"type":"number"})", "1.5", ""},
      {R"({"type":"number"})", "true", ": true is not allowed; allowed: a number"},
      {R"({"type":"boolean"})", "false", ""},
      {R"({"type":"boolean"})", "0", ": 0 is not allowed; allowed: true or false"},
      {R"({"type":"boolean"})", "null", ": null is not allowed; allowed: true or false"},
      {"{}", "null", ""},
      {"{}", R"({"a":[1]})", ""},
  });
}

TEST(JsonSchema, ChecksBounds) {
  const char* port = R"({"type":"integer","minimum":1,"maximum":65535})";
  const char* share = R"({"type":"number","minimum":0.5})";
  const char* limited = R"({"type":"integer","maximum":-5})";
  const char* name = R"({"type":"string","minLength":1,"maxLength":3})";
  const char* pair = R"({"type":"array","minItems":2,"maxItems":2})";
  check({
      {port, "1", ""},
      {port, "65535", ""},
      {port, "0", ": 0 is not allowed; allowed: an integer from 1 to 65535"},
      {port, "65536", ": 65536 is not allowed; allowed: an integer from 1 to 65535"},
      {share, "0.5", ""},
      {share, "0.25", ": 0.25 is not allowed; allowed: a number of at least 0.5"},
      {limited, "-5", ""},
      {limited, "-4", ": -4 is not allowed; allowed: an integer of at most -5"},
      {name, R"("abc")", ""},
      {name, R"("вех")", ""},
      {name, R"("")", ": \"\" is not allowed; allowed: a string of 1 to 3 characters"},
      {name, R"("вече")", ": \"вече\" is not allowed; allowed: a string of 1 to 3 characters"},
      {pair, "[1,2]", ""},
      {pair, "[1]",
       ": an array of exactly 1 elements is not allowed; allowed: an array of exactly 2 elements"},
      {pair, "[1,2,3]",
       ": an array of exactly 3 elements is not allowed; allowed: an array of exactly 2 elements"},
  });
}

TEST(JsonSchema, ComparesWholeNumbersExactly) {
  const char* schema = R"({"type":"integer","maximum":9223372036854775806})";
  EXPECT_EQ(problems(schema, "9223372036854775806"), "");
  EXPECT_NE(problems(schema, "9223372036854775807"), "");
}

TEST(JsonSchema, ChecksEnums) {
  check({
      {R"({"type":"string","enum":["text","json"]})", R"("json")", ""},
      {R"({"type":"string","enum":["text","json"]})", R"("xml")",
       R"(: "xml" is not allowed; allowed: "text", "json")"},
      {R"({"enum":[1,"auto"]})", "1", ""},
      {R"({"enum":[1,"auto"]})", "2", R"(: 2 is not allowed; allowed: 1, "auto")"},
  });
}

TEST(JsonSchema, ChecksProperties) {
  const char* schema =
      R"({"type":"object","required":["id"],"properties":{"id":{"type":"string"},"n":{"type":"integer"}}})";
  check({
      {schema, R"({"id":"a"})", ""},
      {schema, R"({"id":"a","n":1})", ""},
      {schema, R"({"id":1,"n":"b"})",
       "/id: 1 is not allowed; allowed: a string\n/n: \"b\" is not allowed; allowed: an integer"},
      {schema, "{}", "/id: is missing; allowed: a string"},
      {schema, R"({"id":"a","x":1})", "/x: unknown; allowed: id, n"},
      {R"({"type":"object"})", R"({"x":1})", "/x: unknown; allowed: nothing"},
  });
}

TEST(JsonSchema, ChecksAdditionalProperties) {
  const char* map = R"({"type":"object","additionalProperties":{"type":"integer"}})";
  check({
      {map, R"({"a":1,"b":2})", ""},
      {map, R"({"a":1,"b":"x"})", "/b: \"x\" is not allowed; allowed: an integer"},
      {R"({"type":"object","additionalProperties":true})", R"({"a":[]})", ""},
      {R"({"type":"object","additionalProperties":false})", R"({"a":1})",
       "/a: unknown; allowed: nothing"},
      {R"({"type":"object","additionalProperties":true,"required":["a"]})", "{}",
       "/a: is missing; allowed: any value"},
  });
}

TEST(JsonSchema, ChecksItems) {
  const char* schema = R"({"type":"array","items":{"type":"array","items":{"type":"integer"}}})";
  EXPECT_EQ(problems(schema, "[[1],[2,3]]"), "");
  EXPECT_EQ(
      problems(schema, R"([[1],[2,"x"],3])"),
      "/1/1: \"x\" is not allowed; allowed: an integer\n/2: 3 is not allowed; allowed: an array");
}

TEST(JsonSchema, EscapesPointers) {
  const char* schema = R"({"type":"object","additionalProperties":{"type":"integer"}})";
  EXPECT_EQ(problems(schema, R"({"a/b~c":"x","":"y"})"),
            "/a~1b~0c: \"x\" is not allowed; allowed: an integer\n"
            "/: \"y\" is not allowed; allowed: an integer");
}

TEST(JsonSchema, NeverShowsSecrets) {
  const char* secret = R"({"type":"string","writeOnly":true,"minLength":16})";
  EXPECT_EQ(problems(secret, R"("hunter2")"),
            ": this secret is not allowed; allowed: a string of at least 16 characters");
  EXPECT_EQ(problems(secret, "1234"),
            ": this secret is not allowed; allowed: a string of at least 16 characters");
  const char* keys =
      R"({"type":"array","items":{"type":"object","properties":{"secret":{"type":"string","writeOnly":true}}}})";
  for (const char* value : {R"("hunter2")", R"(["hunter2"])", R"({"secret":"hunter2"})",
                            R"([{"secret":["hunter2"]}])", R"([{"secrett":"hunter2"}])"}) {
    const std::string message = problems(keys, value);
    EXPECT_NE(message, "");
    EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
  }
  EXPECT_NE(problems(R"({"type":"string","writeOnly":false,"maxLength":1})", R"("open")"), "");
  EXPECT_NE(
      problems(R"({"type":"string","writeOnly":false,"maxLength":1})", R"("open")").find("open"),
      std::string::npos);
}

TEST(JsonSchema, ShortensWhatItShows) {
  const std::string message =
      problems(R"({"type":"integer"})", "\"" + std::string(79, 'x') + "\u20ac" + "\"");
  EXPECT_EQ(message, ": \"" + std::string(79, 'x') + "... is not allowed; allowed: an integer");
}

TEST(JsonSchema, ReportsNoMoreThan32Problems) {
  std::string value = "[0";
  for (int i = 0; i < 1000; ++i) value += ",0";
  Result<JsonSchema> schema = JsonSchema::parse(R"({"type":"array","items":{"type":"string"}})");
  EXPECT_EQ(schema.value().apply(parse_json(value + "]").value().get(), false).size(), 32U);
}

TEST(JsonSchema, FillsDefaults) {
  const char* schema = R"({"type":"object","properties":{
      "log":{"type":"object","default":{},"properties":{
        "level":{"type":"string","default":"info"},
        "targets":{"type":"array","default":["a"],"items":{"type":"string"}}}},
      "keys":{"type":"array","items":{"type":"object","properties":{
        "id":{"type":"string"},"n":{"type":"integer","default":7}}}},
      "none":{"type":"string"}}})";
  EXPECT_EQ(filled(schema, "{}"), R"({"log":{"level":"info","targets":["a"]}})");
  EXPECT_EQ(filled(schema, R"({"log":{"level":"debug"}})"),
            R"({"log":{"level":"debug","targets":["a"]}})");
  EXPECT_EQ(filled(schema, R"({"log":{"level":"x","targets":[]},"keys":[{"id":"a"},{"n":1}]})"),
            R"({"log":{"level":"x","targets":[]},"keys":[{"id":"a","n":7},{"n":1}]})");
}

TEST(JsonSchema, FillsDefaultsOfMapsAndKeepsTheSchemaUntouched) {
  Result<JsonSchema> schema = JsonSchema::parse(
      R"({"type":"object","additionalProperties":{"type":"object","properties":{
          "o":{"type":"object","default":{},"properties":{"n":{"type":"integer","default":1}}}}}})");
  const std::string before = to_text(schema.value().root());
  Result<JsonPtr> value = parse_json(R"({"x":{},"y":{}})");
  EXPECT_TRUE(schema.value().apply(value.value().get(), true).empty());
  EXPECT_EQ(to_text(value.value().get()), R"({"x":{"o":{"n":1}},"y":{"o":{"n":1}}})");
  EXPECT_EQ(to_text(schema.value().root()), before);
}

TEST(JsonSchema, LeavesTheValueAloneUnlessAskedToFill) {
  Result<JsonSchema> schema =
      JsonSchema::parse(R"({"type":"object","properties":{"n":{"type":"integer","default":1}}})");
  Result<JsonPtr> value = parse_json("{}");
  EXPECT_TRUE(schema.value().apply(value.value().get(), false).empty());
  EXPECT_EQ(to_text(value.value().get()), "{}");
}

TEST(JsonSchema, TakesAnnotations) {
  EXPECT_EQ(schema_refusal(
                R"({"title":"T","description":"D","examples":[1],"type":"integer","default":3})"),
            "accepted");
}

TEST(JsonSchema, RefusesWhatItDoesNotCheck) {
  const std::pair<const char*, const char*> cases[] = {
      {"{",
       "the schema is not JSON: line 1, column 2: a member's name in double quotes is expected"},
      {"[]", "bad schema: : a schema has to be an object"},
      {R"({"pattern":"x"})",
       "bad schema: /pattern: this keyword is not supported, so nothing would check it"},
      {R"({"type":"object","properties":{"a":{"anyOf":[]}}})",
       "bad schema: /properties/a/anyOf: this keyword is not supported, so nothing would check it"},
      {R"({"type":"array","items":{"$ref":"x"}})",
       "bad schema: /items/$ref: this keyword is not supported, so nothing would check it"},
      {R"({"type":"object","additionalProperties":{"format":"x"}})",
       "bad schema: /additionalProperties/format: this keyword is not supported, so nothing would "
       "check it"},
      {R"({"type":"object","properties":{"a":1}})",
       "bad schema: /properties/a: a schema has to be an object"},
      {R"({"type":["string"]})", "bad schema: /type: has to be of type string"},
      {R"({"type":"text"})",
       "bad schema: /type: is none of object, array, string, integer, number, boolean"},
      {R"({"minimum":1})", "bad schema: /minimum: needs \"type\": \"number\" beside it"},
      {R"({"type":"integer","minLength":1})",
       "bad schema: /minLength: needs \"type\": \"string\" beside it"},
      {R"({"type":"array","properties":{}})",
       "bad schema: /properties: needs \"type\": \"object\" beside it"},
      {R"({"type":"string","maxLength":-1})", "bad schema: /maxLength: is negative"},
      {R"({"type":"string","maxLength":"1"})", "bad schema: /maxLength: has to be of type integer"},
      {R"({"type":"string","writeOnly":"yes"})",
       "bad schema: /writeOnly: has to be of type boolean"},
      {R"({"enum":[]})", "bad schema: /enum: has to be a list of strings or integers"},
      {R"({"enum":[{}]})", "bad schema: /enum: has to be a list of strings or integers"},
      {R"({"type":"object","required":[1]})", "bad schema: /required: has to be a list of strings"},
      {R"({"type":"object","required":["a"]})",
       "bad schema: /required: names \"a\", which is not in \"properties\""},
      {R"({"type":"object","additionalProperties":"no"})",
       "bad schema: /additionalProperties: a schema has to be an object"},
      {R"({"type":"integer","minimum":2,"default":1})",
       "bad schema: /default: 1 is not allowed; allowed: an integer of at least 2"},
      {R"({"type":"object","properties":{"a":{"type":"array","items":{"type":"string"},"default":["x",2]}}})",
       "bad schema: /properties/a/default/1: 2 is not allowed; allowed: a string"},
  };
  for (const auto& [schema, message] : cases) EXPECT_EQ(schema_refusal(schema), message) << schema;
}

}  // namespace
}  // namespace veche::glib
