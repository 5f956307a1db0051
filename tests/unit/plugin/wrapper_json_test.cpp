// SPDX-License-Identifier: Apache-2.0
// The JSON of the C++ wrapper: what it takes, what it refuses, and what it writes.
#include <gtest/gtest.h>

#include <limits>
#include <veche/cpp/json.hpp>

namespace veche {
namespace {

TEST(WrapperJson, WritesWhatItHasRead) {
  const struct {
    const char *text, *written;
  } cases[] = {
      {" { \"b\" : [ 1 , -2.5 , true , null ] , \"a\" : { } } ",
       R"({"a":{},"b":[1,-2.5,true,null]})"},
      {R"("\u00e9\ud83d\ude00\n\"\\\/")", "\"\xc3\xa9\xf0\x9f\x98\x80\\u000a\\\"\\\\/\""},
      {"-0", "0"},
      {"-0.0", "0"},
      {"1e3", "1000"},
      {"9223372036854775807", "9223372036854775807"},
      {R"({"a":1,"a":2})", R"({"a":2})"},
      {"[]", "[]"},
  };
  for (const auto& [text, written] : cases) {
    const auto read = Json::parse(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->text(), written);
    EXPECT_EQ(Json::parse(written)->text(), written);
  }
}

TEST(WrapperJson, RefusesWhatIsNone) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1,]",
                           "{\"a\":1,}",
                           "{\"a\"}",
                           "{a:1}",
                           "01",
                           "1.",
                           "-",
                           "+1",
                           ".5",
                           "1e",
                           "nul",
                           "truex",
                           "\"a",
                           "\"\n\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\\ud800\\u0041\"",
                           "1 2",
                           "[1 2]",
                           "1e999"}) {
    EXPECT_FALSE(Json::parse(text)) << text;
  }
  EXPECT_TRUE(Json::parse(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(Json::parse(std::string(100'000, '['))) << "too deep";
}

TEST(WrapperJson, IsReadWithoutAskingFirst) {
  const auto json = *Json::parse(R"({"n": 3, "x": 1.5, "s": "t", "list": [{"a": true}]})");
  EXPECT_EQ(json["n"].get<int64_t>(), 3);
  EXPECT_EQ(json["n"].get<double>(), 3.0);
  EXPECT_EQ(json["x"].get<int64_t>(), std::nullopt);
  EXPECT_EQ(json["s"].get<std::string>(), "t");
  EXPECT_EQ(json["list"].elements()[0]["a"].get<bool>(), true);
  EXPECT_TRUE(json["none"]["deeper"].is_null());
  EXPECT_TRUE(json["n"]["deeper"].is_null());
  EXPECT_TRUE(json["s"].elements().empty());
  EXPECT_EQ(json.get<int64_t>("n", 7), 3);
  EXPECT_EQ(json.get<int64_t>("s", 7), 7) << "of another type";
  EXPECT_EQ(json.get<std::string>("none", "otherwise"), "otherwise");
}

TEST(WrapperJson, IsAnObjectOrAFailureThatNamesIt) {
  EXPECT_EQ(Json::parse_object("{}", "the settings").text(), "{}");
  for (const char* text : {"[]", "3", "null", "{", ""}) {
    try {
      Json::parse_object(text, "the settings");
      FAIL() << text;
    } catch (const Failure& failure) {
      EXPECT_STREQ(failure.what(), "the settings: not a JSON object");
    }
  }
}

TEST(WrapperJson, IsBuilt) {
  Json json;
  json["hosts"].push_back("ann");
  json["hosts"].push_back(std::string("bob"));
  json["limits"]["most"] = 7;
  json["ratio"] = 0.5;
  json["open"] = true;
  json["endless"] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(
      json.text(),
      R"({"endless":null,"hosts":["ann","bob"],"limits":{"most":7},"open":true,"ratio":0.5})");
}

}  // namespace
}  // namespace veche
