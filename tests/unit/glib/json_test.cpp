// SPDX-License-Identifier: Apache-2.0
// What the JSON parser accepts and refuses, the comment filter, and the writer.
#include "glib/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace veche::glib {
namespace {

std::string round_trip(std::string_view text) {
  Result<JsonPtr> value = parse_json(text);
  return value.ok() ? to_text(value.value().get()) : "refused: " + value.error().message;
}

std::string refusal(std::string_view text) {
  Result<JsonPtr> value = parse_json(text);
  return value.ok() ? "accepted: " + to_text(value.value().get()) : value.error().message;
}

TEST(Json, TakesEveryKindOfValue) {
  const std::string_view cases[] = {
      "null",
      "true",
      "false",
      "0",
      "-1",
      "9223372036854775807",
      "-9223372036854775808",
      R"("")",
      R"("Вече")",
      "[]",
      "{}",
      R"([1,"two",[3],{"four":null}])",
      R"({"a":{"b":[true,false]}})",
  };
  for (const std::string_view text : cases) EXPECT_EQ(round_trip(text), text);
}

TEST(Json, IgnoresWhiteSpaceBetweenTokens) {
  EXPECT_EQ(round_trip(" \t\r\n{ \"a\" : [ 1 , 2 ] } \n"), R"({"a":[1,2]})");
}

TEST(Json, UnderstandsEscapes) {
  Result<JsonPtr> value = parse_json(R"("\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00")");
  ASSERT_TRUE(value.ok()) << value.error().message;
  EXPECT_STREQ(json_node_get_string(value.value().get()), "\"\\/\b\f\n\r\t\u00e9\u20ac\U0001F600");
}

std::string pointer_to_refused(std::string_view text) {
  Result<JsonPtr> value = parse_json(text);
  if (value.ok()) return "accepted: " + to_text(value.value().get());
  const auto& fields = value.error().fields;
  return fields.size() == 1 ? fields[0].pointer : std::to_string(fields.size()) + " fields";
}

TEST(Json, KeepsWholeNumbersExactAndOthersAsDouble) {
  const auto type = [](std::string_view text) {
    return json_node_get_value_type(parse_json(text).value().get());
  };
  EXPECT_EQ(type("9223372036854775807"), G_TYPE_INT64);
  EXPECT_EQ(type("-9223372036854775808"), G_TYPE_INT64);
  EXPECT_EQ(type("9223372036854775808.0"), G_TYPE_DOUBLE);
  EXPECT_EQ(type("1.0"), G_TYPE_DOUBLE);
  EXPECT_EQ(json_node_get_double(parse_json("-2.5e-1").value().get()), -0.25);
}

TEST(Json, RefusesIntegersThatItCannotKeepAndSaysWhere) {
  for (const std::string text :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551615"}) {
    EXPECT_EQ(pointer_to_refused(text), "") << text;
    EXPECT_EQ(pointer_to_refused(R"({"a":[1,{"b/c":)" + text + "}]}"), "/a/1/b~1c") << text;
    EXPECT_EQ(refusal(text),
              "line 1, column 1: " + text +
                  " is not allowed; allowed: an integer from -9223372036854775808 to "
                  "9223372036854775807; send a larger one as a string");
  }
  EXPECT_EQ(pointer_to_refused("[1 2]"), "0 fields") << "that is no JSON";
}

TEST(Json, WritesNumbersSoThatTheyReadBackEqual) {
  // json-glib 1.6 writes 1e+20 as "1e+20.0", which is not valid JSON.
  EXPECT_EQ(round_trip("[1e20,-1e-7,0.1,1.5,1.2345678901234568e20]"),
            "[1e+20,-1e-07,0.1,1.5,1.2345678901234568e+20]");
  EXPECT_EQ(round_trip("[-0.0,-0E4]"), "[0,0]") << "and again they are the same";
  for (const double number :
       {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 0x1p63, -0x1p63, 0x1p64, 0x1p62}) {
    const JsonPtr node(json_node_init_double(json_node_alloc(), number));
    const std::string text = to_text(node.get());
    const Result<JsonPtr> again = parse_json(text);
    ASSERT_TRUE(again.ok()) << text << ": " << again.error().message;
    EXPECT_EQ(json_node_get_double(again.value().get()), number) << text;
  }
}

TEST(Json, RefusesWhatIsNoJson) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "line 1, column 1: the text ends where a value is expected"},
      {"  ", "line 1, column 3: the text ends where a value is expected"},
      {"{} x", "line 1, column 4: text after the end of the value"},
      {"1 2", "line 1, column 3: text after the end of the value"},
      {"[1,]", "line 1, column 4: a value is expected"},
      {"[1 2]", "line 1, column 4: ',' or ']' is expected"},
      {"[1", "line 1, column 3: ',' or ']' is expected"},
      {"{\"a\":1,}", "line 1, column 8: a member's name in double quotes is expected"},
      {"{a:1}", "line 1, column 2: a member's name in double quotes is expected"},
      {"{'a':1}", "line 1, column 2: a member's name in double quotes is expected"},
      {"{\"a\" 1}", "line 1, column 6: ':' is expected"},
      {"{\"a\":1", "line 1, column 7: ',' or '}' is expected"},
      {"var a = 1", "line 1, column 1: a value is expected"},
      {"True", "line 1, column 1: a value is expected"},
      {"NaN", "line 1, column 1: a value is expected"},
      {"nullx", "line 1, column 5: text after the end of the value"},
      {"// comment\n1", "line 1, column 1: a value is expected"},
      {"\"abc", "line 1, column 1: a string without end"},
      {"\"abc\\\"", "line 1, column 1: a string without end"},
      {"\"a\nb\"", "line 1, column 3: a control character in a string"},
      {"\"\\x\"", "line 1, column 2: an unknown escape in a string"},
      {"\"\\", "line 1, column 2: an unknown escape in a string"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(refusal(text), message) << text;
}

TEST(Json, RefusesUnicodeEscapesThatAreNoCharacter) {
  for (const std::string_view text : {R"("\u0000")", R"("\ud800")", R"("\udc00")", R"("\ud800x")",
                                      R"("\ud800\u0041")", R"("\u12")", R"("\u12g4")", R"("\u)"}) {
    EXPECT_EQ(refusal(text),
              "line 1, column 2: a \\u escape that is incomplete, NUL, or half of a surrogate pair")
        << text;
  }
}

TEST(Json, RefusesNumbersThatAreNone) {
  for (const std::string_view text : {"01", "-", "-a", "1.", "1.e1", "1e", "1e+", "-01"}) {
    EXPECT_EQ(refusal(text), "line 1, column 1: not a number") << text;
  }
  for (const std::string_view text : {"+1", ".5", "Infinity"}) {
    EXPECT_EQ(refusal(text), "line 1, column 1: a value is expected") << text;
  }
  EXPECT_EQ(refusal("0x10"), "line 1, column 2: text after the end of the value");
}

TEST(Json, RefusesNumbersBeyondDouble) {
  EXPECT_EQ(pointer_to_refused("[0,-1e400]"), "/1");
  EXPECT_EQ(refusal("[1e400]"),
            "line 1, column 2: 1e400 is not allowed; allowed: a number that fits a double; send a "
            "larger one as a string");
  const std::string long_one = refusal("-" + std::string(5000, '9'));
  EXPECT_EQ(long_one.find("line 1, column 1: -999"), 0U) << long_one;
  EXPECT_LT(long_one.size(), 250U) << "the message does not repeat it all";
}

TEST(Json, NamesAByteOrderMark) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {"\xef\xbb\xbf{}"sv, "\xff\xfe{\0}\0"sv, "\xfe\xff\0{\0}"sv}) {
    EXPECT_EQ(refusal(text),
              "line 1, column 1: a byte order mark (BOM): save the text as UTF-8 without it");
  }
}

TEST(Json, RefusesInvalidUtf8) {
  EXPECT_EQ(refusal("\"a\xff\""), "line 1, column 3: a byte that is not UTF-8");
  EXPECT_EQ(refusal("\"\xc0\x80\""), "line 1, column 2: a byte that is not UTF-8");
  EXPECT_EQ(refusal("\"\xed\xa0\x80\""), "line 1, column 2: a byte that is not UTF-8");
  EXPECT_EQ(refusal("\"\xe2\x82"), "line 1, column 2: a byte that is not UTF-8");
}

TEST(Json, RefusesNulBytes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(refusal("\"a\0b\""sv), "line 1, column 3: a NUL byte");
  EXPECT_EQ(refusal("{}\0"sv), "line 1, column 3: a NUL byte");
  EXPECT_EQ(refusal("\0"sv), "line 1, column 1: a NUL byte");
}

TEST(Json, CountsLinesAndCharacters) {
  EXPECT_EQ(refusal("{\n  \"\u0412\u0435\u0447\u0435\": x\n}"),
            "line 2, column 11: a value is expected");
}

TEST(Json, RefusesDuplicateMembers) {
  EXPECT_EQ(refusal(R"({"a":1,"b":{"a":2},"a":3})"),
            "line 1, column 20: the member \"a\" appears twice");
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})"), "line 1, column 8: the member \"a\" appears twice");
}

TEST(Json, BoundsMembersOfOneObject) {
  std::string text = "{\"0\":0";
  for (int i = 1; i < 4096; ++i) text += ",\"" + std::to_string(i) + "\":0";
  EXPECT_TRUE(parse_json(text + "}").ok());
  EXPECT_NE(refusal(text + ",\"x\":0}").find("more than 4096 members"), std::string::npos);
}

TEST(Json, BoundsNesting) {
  EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']')).ok());
  EXPECT_EQ(refusal(std::string(65, '[') + std::string(65, ']')),
            "line 1, column 65: more than 64 levels of nesting");
  EXPECT_EQ(refusal(std::string(200'000, '[')),
            "line 1, column 65: more than 64 levels of nesting");
  std::string objects;
  for (int i = 0; i < 200'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(refusal(objects), "line 1, column 321: more than 64 levels of nesting");
}

TEST(Comments, BecomeSpacesSoThatPositionsStay) {
  EXPECT_EQ(without_comments("{ // one\n  \"a\": /* two\n three */ 1 }"),
            "{       \n  \"a\":       \n          1 }");
  EXPECT_EQ(without_comments("// only"), "       ");
  EXPECT_EQ(without_comments("1/**/2"), "1    2");
  EXPECT_EQ(without_comments("// a\n// b\n/* c *//* d */x"), "    \n    \n              x");
}

TEST(Comments, InStringsAreText) {
  for (const std::string_view text :
       {R"("http://example.org")", R"("/* no */")", R"("a\"// no")", R"(["\\","// no"])"}) {
    EXPECT_EQ(without_comments(text), text);
  }
  EXPECT_EQ(without_comments(R"("\\"// yes)"), R"("\\"      )");
}

TEST(Comments, WithoutEndStayForTheParserToRefuse) {
  for (const std::string_view text : {"{} /* open", "{} /*/", "{} /", "\"open // x", "\"\\"}) {
    EXPECT_EQ(without_comments(text), text);
    EXPECT_FALSE(parse_json(without_comments(text)).ok());
  }
}

TEST(JsonWriter, NestsValues) {
  JsonWriter writer;
  writer.begin_object().key("a").begin_array().integer(-1).number(0.5).boolean(true).null();
  writer.end_array().key("b").string("x\"\n").key("c").begin_object().end_object().end_object();
  EXPECT_EQ(writer.text(), R"({"a":[-1,0.5,true,null],"b":"x\"\n","c":{}})");
}

TEST(JsonWriter, TakesRawTextOnlyIfItParses) {
  JsonWriter writer;
  writer.begin_array().raw(R"({"x":[1]})").raw("{").raw("").raw("1 2").raw("\"s\"").end_array();
  EXPECT_EQ(writer.text(), R"([{"x":[1]},null,null,null,"s"])");
}

TEST(JsonWriter, TakesCheckedTextAsItIs) {
  JsonWriter writer;
  writer.begin_object().key("a").verbatim(R"({"x": 1})").key("b").begin_array();
  writer.verbatim("[]").verbatim("2").end_array().end_object();
  EXPECT_EQ(writer.text(), R"({"a":{"x": 1},"b":[[],2]})");
}

TEST(JsonWriter, WritesOnlyWhatTheParserTakes) {
  using namespace std::string_view_literals;
  JsonWriter writer;
  writer.begin_array().string("a\0b\xff"sv).string("").string({}).number(NAN);
  writer.number(std::numeric_limits<double>::infinity()).string("\x01\x7f").end_array();
  const std::string text = writer.text();
  EXPECT_EQ(round_trip(text), text);
  EXPECT_EQ(text.find("[\"a\uFFFDb\uFFFD\",\"\",\"\",null,null,"), 0U) << text;
}

}  // namespace
}  // namespace veche::glib
