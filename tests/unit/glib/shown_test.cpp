// SPDX-License-Identifier: Apache-2.0
// Tests of members that clients only see: writer and schema say the same.
#include "glib/shown.hpp"

#include <gtest/gtest.h>

namespace veche::glib {
namespace {

struct Seat {
  int number = 0;
};
struct Stage {
  std::string name = "main";
  bool is_open = true;
  uint64_t visits = 3;
  double load = 0.5;
  std::optional<int64_t> limit;
  std::vector<std::string> guests{"ann", "bob"};
  std::vector<Seat> seats{{1}, {2}};
  std::optional<Seat> best;
  std::string notes = R"({"a": 1})";
  const char* kind() const { return "round"; }
};

const Fields<Seat>& seat_fields() {
  static const Fields<Seat> fields{shown<Seat>("number", "Counts from 1.", &Seat::number)};
  return fields;
}

std::string schema_of(const Field<Stage>& field) { return field.schema; }
std::string text_of(const Field<Stage>& field, const Stage& stage = {}) {
  JsonWriter json;
  field.write(json, stage);
  return json.text();
}

TEST(Shown, TakesTheTypeFromTheGetter) {
  const struct {
    Field<Stage> field;
    const char *schema, *text;
  } cases[] = {
      {shown<Stage>("name", "", &Stage::name), R"({"type": "string"})", R"("main")"},
      {shown<Stage>("kind", "Of stage.", &Stage::kind),
       R"({"description": "Of stage.", "type": "string"})", R"("round")"},
      {shown<Stage>("open", "", &Stage::is_open), R"({"type": "boolean"})", "true"},
      {shown<Stage>("visits", "", &Stage::visits), R"({"type": "integer"})", "3"},
      {shown<Stage>("load", "", &Stage::load), R"({"type": "number"})", "0.5"},
      {shown<Stage>("limit", "", &Stage::limit), R"({"type": ["integer", "null"]})", "null"},
      {shown<Stage>("guests", "", &Stage::guests),
       R"({"type": "array", "items": {"type": "string"}})", R"(["ann","bob"])"},
      {shown<Stage>("notes", "", [](const Stage& stage) { return ObjectText{stage.notes}; }),
       R"({"type": "object", "additionalProperties": true})", R"({"a": 1})"},
      {shown<Stage>(
           "size", "", [](const Stage& stage) { return stage.seats.size(); }, R"("minimum": 0)"),
       R"({"minimum": 0, "type": "integer"})", "2"},
  };
  for (const auto& [field, schema, text] : cases) {
    EXPECT_EQ(schema_of(field), schema) << field.name;
    EXPECT_EQ(text_of(field), text) << field.name;
    EXPECT_EQ(field.read, nullptr);
  }
  EXPECT_EQ(text_of(cases[5].field, Stage{.limit = 7}), "7");
}

TEST(Shown, NestsObjectsAndLists) {
  const std::string seat =
      R"("type": "object", "properties": {"number": )"
      R"({"description": "Counts from 1.", "type": "integer"}}, "required": ["number"]})";
  const auto seats = shown_list<Stage>("seats", "All.", seat_fields(), &Stage::seats);
  EXPECT_EQ(seats.schema, R"({"description": "All.", "type": "array", "items": {)" + seat + "}");
  EXPECT_EQ(text_of(seats), R"([{"number":1},{"number":2}])");
  const auto first = shown_object<Stage>("first", "", seat_fields(),
                                         [](const Stage& stage) { return stage.seats.at(0); });
  EXPECT_EQ(first.schema, "{" + seat);
  EXPECT_EQ(text_of(first), R"({"number":1})");
}

TEST(Shown, WritesNullWhereThereIsNoObject) {
  const auto best = shown_object<Stage>("best", "", seat_fields(), &Stage::best);
  EXPECT_EQ(best.schema.rfind(R"({"anyOf": [{"type": "object")", 0), 0u) << best.schema;
  EXPECT_EQ(text_of(best), "null");
  EXPECT_EQ(text_of(best, Stage{.best = Seat{9}}), R"({"number":9})");
  const auto last = shown_object<Stage>("last", "", seat_fields(), [](const Stage& stage) {
    return stage.seats.empty() ? nullptr : &stage.seats.back();
  });
  EXPECT_EQ(text_of(last), R"({"number":2})");
  EXPECT_EQ(text_of(last, Stage{.seats = {}}), "null");
}

TEST(Shown, RequiresWhatItAlwaysWrites) {
  const Fields<Stage> fields{
      shown<Stage>("name", "", &Stage::name),
      shown_if([](const Stage& stage) { return stage.is_open; },
               shown<Stage>("visits", "", &Stage::visits)),
  };
  EXPECT_EQ(shown_schema(R"(, "title": "Stage")", fields),
            R"({"type": "object", "properties": {"name": {"type": "string"}, )"
            R"("visits": {"type": "integer"}}, "required": ["name"], "title": "Stage"})");
  EXPECT_EQ(object_text(fields, Stage{}), R"({"name":"main","visits":3})");
  EXPECT_EQ(object_text(fields, Stage{.is_open = false}), R"({"name":"main"})");
}

}  // namespace
}  // namespace veche::glib
