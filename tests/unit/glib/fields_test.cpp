// SPDX-License-Identifier: Apache-2.0
// Tests of tables of fields: one row is schema, reader and writer, for values and for patches.
#include "glib/fields.hpp"

#include <gtest/gtest.h>

#include "glib/json_schema.hpp"

namespace veche::glib {
namespace {

struct Part {
  bool loud = true;
};
struct Thing {
  std::string name = "thing";
  std::string extra = "{}";
  uint32_t count = 7;
  std::vector<std::string> tags;
  Part part;
};
struct ThingPatch {
  std::optional<std::string> name;
  std::optional<std::string> extra;
  std::optional<uint32_t> count;
  std::optional<std::vector<std::string>> tags;
  std::optional<Part> part;
};

const Fields<Part>& part_fields() {
  static const Fields<Part> fields{field<Part, &Part::loud>("loud", R"({"type": "boolean"})")};
  return fields;
}

template <class T>
const Fields<T>& fields_of() {
  static const Fields<T> fields{
      field<T, &T::name>("name", R"({"type": "string"})"),
      json_field<T, &T::extra>("extra", R"({"type": "object", "additionalProperties": true})"),
      field<T, &T::count>("count", R"({"type": "integer", "minimum": 1})"),
      field<T, &T::tags>("tags", R"({"type": "array", "items": {"type": "string"}})"),
      object_field<T, part_fields, &T::part>("part", "A part."),
  };
  return fields;
}

template <class T>
std::string written(const T& value) {
  JsonWriter json;
  json.begin_object();
  write_fields(json, fields_of<T>(), value);
  return json.end_object().text();
}

constexpr char kWhole[] =
    R"({"name":"a","extra":{"x":1},"count":2,"tags":["b","c"],"part":{"loud":false}})";

TEST(Fields, ReadBackWhatTheyWrite) {
  const auto object = parse_json(kWhole);
  Thing thing;
  read_fields(object->get(), fields_of<Thing>(), thing);
  EXPECT_EQ(written(thing), kWhole);
  ThingPatch patch;
  read_fields(object->get(), fields_of<ThingPatch>(), patch);
  EXPECT_EQ(written(patch), kWhole);
}

TEST(Fields, LeaveAloneWhatAnObjectDoesNotHave) {
  const auto object = parse_json(R"({"count":3})");
  Thing thing;
  read_fields(object->get(), fields_of<Thing>(), thing);
  EXPECT_EQ(thing.name, "thing");
  EXPECT_EQ(thing.count, 3u);
  ThingPatch patch;
  read_fields(object->get(), fields_of<ThingPatch>(), patch);
  EXPECT_FALSE(patch.name);
  EXPECT_EQ(patch.count, 3u);
  EXPECT_FALSE(patch.part);
}

TEST(Fields, BecomeEmptyWithNull) {
  Thing thing;
  ThingPatch patch;
  for (const char* name : {"name", "extra", "count", "tags"}) {
    find_field(fields_of<Thing>(), name)->read(nullptr, thing);
    find_field(fields_of<ThingPatch>(), name)->read(nullptr, patch);
  }
  EXPECT_EQ(thing.name, "");
  EXPECT_EQ(thing.extra, "{}");
  EXPECT_EQ(patch.count, 0u);
  EXPECT_EQ(patch.tags, std::vector<std::string>{});
}

TEST(Fields, MakeTheSchemaOfTheirObject) {
  const auto schema =
      JsonSchema::parse(object_schema(R"(, "required": ["name"])", fields_of<Thing>()));
  ASSERT_TRUE(schema) << schema.error().message;
  const auto problem = [&](const char* text) {
    const auto object = parse_json(text);
    const auto problems = schema->apply(object->get(), true);
    return problems.empty() ? "" : problems[0].pointer + ": " + problems[0].detail;
  };
  EXPECT_EQ(problem(kWhole), "");
  EXPECT_EQ(problem("{}"), "/name: is missing; allowed: a string");
  EXPECT_EQ(problem(R"({"name":"a","count":0})"),
            "/count: 0 is not allowed; allowed: an integer of at least 1");
  EXPECT_EQ(problem(R"({"name":"a","part":{"quiet":true}})"),
            "/part/quiet: unknown; allowed: loud");
  EXPECT_EQ(problem(R"({"name":"a","size":1})"),
            "/size: unknown; allowed: name, extra, count, tags, part");
}

TEST(Fields, MayStandForAValueWithoutMembers) {
  const Fields<uint32_t> fields{field<uint32_t>("seconds", R"({"type": "integer"})")};
  const auto object = parse_json(R"({"seconds":5})");
  uint32_t seconds = 1;
  read_fields(object->get(), fields, seconds);
  EXPECT_EQ(seconds, 5u);
}

}  // namespace
}  // namespace veche::glib
