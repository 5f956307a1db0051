// SPDX-License-Identifier: Apache-2.0
// A room's settings: what is accepted, and the message of a refusal.
#include "forwarding/settings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace veche::forwarding {
namespace {

TEST(ForwardingSettings, OverrideOnlyWhatIsGiven) {
  Settings settings;
  settings.hangover_ms = 700;
  char problem[200] = "";
  ASSERT_TRUE(apply_overrides(" { \"max_speakers\" : 5 ,\n\t\"noise_gate_dbov\":-45 } ", settings,
                              problem, sizeof problem))
      << problem;
  EXPECT_EQ(settings.max_speakers, 5);
  EXPECT_EQ(settings.noise_gate_dbov, -45);
  EXPECT_EQ(settings.hangover_ms, 700);
  EXPECT_TRUE(apply_overrides("{}", settings, problem, sizeof problem));
}

TEST(ForwardingSettings, RefusalsSayKeyValueAndWhatIsAllowed) {
  const struct {
    const char *json, *part;
  } cases[] = {
      {R"({"max_speakers": 17})", "max_speakers: 17 is not allowed: an integer from 1 to 16 is"},
      {R"({"max_speakers": 0})", "max_speakers: 0 is not allowed"},
      {R"({"max_speakers": 99999999999999999999})", "not allowed"},
      {R"({"max_speakers": 4294967299})", "not allowed"},
      {R"({"max_speakers": 2.5})", "max_speakers: 2.5 is not an integer"},
      {R"({"max_speakers": 2e0})", "2e0 is not an integer"},
      {R"({"max_speakers": 03})", "03 is not an integer"},
      {R"({"max_speakers": -})", "- is not an integer"},
      {R"({"max_speakers": "3"})", "\"3\" is not an integer"},
      {R"({"max_speakers": null})", "null is not an integer"},
      {R"({"max_speakers": {}})", "is not an integer"},
      {R"({"max_speakers": })", "is not an integer"},
      {R"({"max_speakers" 3})", "':' expected"},
      {R"({"max_speakers": 3,})", "a key in double quotes expected"},
      {R"({"max_speakers": 3 "hangover_ms": 500})", "',' or '}' expected"},
      {R"({"max_speakers": 3, "max_speakers": 4})", "max_speakers: given twice"},
      {R"({"hangover_ms": 100})", "from 200 to 2000"},
      {R"({"noise_gate_dbov": -100})", "from -90 to -20"},
      {R"({"preroll_ms": 100})",
       "preroll_ms: holds for the whole server and cannot be set per room"},
      {R"({"speakers": 3})", "\"speakers\": unknown setting"},
      {R"({"max\u005fspeakers": 3})", "unknown setting"},
      {R"({"a\"b": 3})", "unknown setting"},
      {R"({"max_speakers)", "a key does not end"},
      {"{\"max_speakers\": 3", "',' or '}' expected"},
      {R"({"max_speakers": 3} x)", "nothing may follow"},
      {"{\"a\\", "a key does not end"},
      {"[]", "must be a JSON object"},
      {"", "must be a JSON object"},
      {"{", "a key in double quotes expected"},
  };
  for (const auto& c : cases) {
    Settings settings;
    char problem[200] = "";
    EXPECT_FALSE(apply_overrides(c.json, settings, problem, sizeof problem)) << c.json;
    EXPECT_NE(std::string(problem).find(c.part), std::string::npos)
        << c.json << " said: " << problem;
  }
}

TEST(ForwardingSettings, ALongValueIsCutInTheMessage) {
  Settings settings;
  char problem[200] = "";
  const std::string json = "{\"max_speakers\": \"" + std::string(100'000, 'x') + "\"}";
  EXPECT_FALSE(apply_overrides(json.c_str(), settings, problem, sizeof problem));
  EXPECT_LT(std::string(problem).size(), 120U);
}

TEST(ForwardingSettings, SchemaHasTheSameRangesAndDefaults) {
  const std::string schema = kConfigSchema;
  const Settings defaults;
  for (const SettingSpec& spec : kSettingSpecs) {
    const size_t key = schema.find("\"" + std::string(spec.key) + "\": {");
    ASSERT_NE(key, std::string::npos) << spec.key;
    const std::string expected =
        "\"type\": \"integer\", \"minimum\": " + std::to_string(spec.minimum) +
        ", \"maximum\": " + std::to_string(spec.maximum) +
        ", \"default\": " + std::to_string(defaults.*spec.member) + ",";
    const std::string property = schema.substr(key, schema.find('}', key) - key);
    EXPECT_NE(property.find(expected), std::string::npos) << property;
    EXPECT_NE(property.find("\"description\""), std::string::npos) << property;
  }
}

}  // namespace
}  // namespace veche::forwarding
