// SPDX-License-Identifier: Apache-2.0
// The schemas say what the settings are.
#include "forwarding/settings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace veche::forwarding {
namespace {

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

TEST(ForwardingSettings, RoomsOverrideWithinTheSameRangesAndHaveNoDefaultsOfTheirOwn) {
  const std::string schema = kRoomSchema;
  EXPECT_EQ(schema.find("default"), std::string::npos);
  for (const SettingSpec& spec : kSettingSpecs) {
    const size_t key = schema.find("\"" + std::string(spec.key) + "\": {");
    ASSERT_EQ(key != std::string::npos, spec.per_room) << spec.key;
    if (!spec.per_room) continue;
    const std::string range = "\"minimum\": " + std::to_string(spec.minimum) +
                              ", \"maximum\": " + std::to_string(spec.maximum) + ",";
    EXPECT_NE(schema.substr(key, schema.find('}', key) - key).find(range), std::string::npos)
        << spec.key;
  }
}

}  // namespace
}  // namespace veche::forwarding
