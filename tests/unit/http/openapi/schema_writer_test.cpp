// SPDX-License-Identifier: Apache-2.0
// Tests of schemas in a document: closed, named once, nullable in patches.
#include "http/openapi/schema_writer.hpp"

#include <gtest/gtest.h>

namespace veche::http {
namespace {

using Use = SchemaWriter::Use;

std::string written(SchemaWriter& schemas, const std::string& schema, Use use = Use::Whole) {
  glib::JsonWriter json;
  schemas.write(json, schema, use);
  return json.text();
}

std::string components(const SchemaWriter& schemas) {
  glib::JsonWriter json;
  schemas.write_components(json);
  return json.text();
}

TEST(SchemaWriter, ClosesObjectsThatDoNotSayOtherwise) {
  const struct {
    const char *schema, *expected;
  } cases[] = {
      {R"({"type":"object"})", R"({"type":"object","additionalProperties":false})"},
      {R"({"type":["object","null"]})",
       R"({"type":["object","null"],"additionalProperties":false})"},
      {R"({"type":"object","additionalProperties":true})",
       R"({"type":"object","additionalProperties":true})"},
      {R"({"type":"array","items":{"type":"object"}})",
       R"({"type":"array","items":{"type":"object","additionalProperties":false}})"},
      {R"({"anyOf":[{"type":"object"},{"type":"null"}]})",
       R"({"anyOf":[{"type":"object","additionalProperties":false},{"type":"null"}]})"},
      {R"({"type":"object","properties":{"a":{"type":"object"}}})",
       R"({"type":"object","properties":{"a":{"type":"object","additionalProperties":false}},)"
       R"("additionalProperties":false})"},
      {R"({"type":"object","additionalProperties":{"type":"object"}})",
       R"({"type":"object","additionalProperties":{"type":"object","additionalProperties":false}})"},
      {R"({"type":"string","enum":["a"]})", R"({"type":"string","enum":["a"]})"},
      {"true", "true"},
  };
  for (const auto& [schema, expected] : cases) {
    SchemaWriter schemas;
    EXPECT_EQ(written(schemas, schema), expected);
    EXPECT_EQ(components(schemas), "{}");
  }
}

TEST(SchemaWriter, NamesASchemaWithATitleOnce) {
  SchemaWriter schemas;
  const std::string page =
      R"({"type":"array","items":{"title":"Room","type":"object","additionalProperties":true}})";
  const std::string expected = R"({"type":"array","items":{"$ref":"#/components/schemas/Room"}})";
  EXPECT_EQ(written(schemas, page), expected);
  EXPECT_EQ(written(schemas, page), expected);
  EXPECT_EQ(components(schemas),
            R"({"Room":{"title":"Room","type":"object","additionalProperties":true}})");
}

TEST(SchemaWriter, KeepsTitlesOfPluginsWhereTheyStand) {
  SchemaWriter schemas;
  glib::JsonWriter json;
  schemas.write_foreign(json, R"({"title":"Room","type":"string"})");
  EXPECT_EQ(json.text(), R"({"title":"Room","type":"string"})");
  EXPECT_EQ(components(schemas), "{}");
}

TEST(SchemaWriter, LetsAMergePatchResetEveryMember) {
  SchemaWriter schemas;
  EXPECT_EQ(
      written(
          schemas,
          R"({"type":"object","title":"Room","required":["a"],"properties":{)"
          R"("a":{"type":"integer","default":1},"b":{"type":"array","items":{"type":"string"}}}})",
          Use::MergePatch),
      R"({"$ref":"#/components/schemas/RoomPatch"})");
  EXPECT_EQ(components(schemas),
            R"({"RoomPatch":{"type":"object","title":"Room","properties":{)"
            R"("a":{"anyOf":[{"type":"integer"},{"type":"null"}]},)"
            R"("b":{"anyOf":[{"type":"array","items":{"type":"string"}},{"type":"null"}]}},)"
            R"("additionalProperties":false}})");
}

}  // namespace
}  // namespace veche::http
