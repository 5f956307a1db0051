// SPDX-License-Identifier: Apache-2.0
// What a plugin learns of rooms, and what its schema accepts.
#include "plugin/room_settings_adapter.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace veche::plugin::room_settings_adapter_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct FakePlugin {
  std::vector<std::string> told;
  bool throws = false;
};

FakePlugin* fake(veche_plugin* self) { return reinterpret_cast<FakePlugin*>(self); }

void changed(veche_plugin* self, const char* room, const veche_values* values) {
  const char* mode = "no mode";
  values->get_string(values, "/mode", &mode);
  fake(self)->told.push_back(std::string(room) + " " + values->json + " " + mode);
  if (fake(self)->throws) throw std::runtime_error("no idea");
}

constexpr veche_room_settings kTable = {.struct_size = sizeof(veche_room_settings),
                                        .reserved = 0,
                                        .schema = R"({"type": "object", "properties": {
        "mode": {"type": "string", "enum": ["tracks", "mix"], "default": "tracks"},
        "keep": {"type": "object", "properties": {
          "days": {"type": "integer", "minimum": 1, "default": 30}}, "default": {}}}})",
                                        .changed = changed};

class RoomSettingsAdapterTest : public ::testing::Test {
 protected:
  FakePlugin plugin_;
  veche_plugin* const self_ = reinterpret_cast<veche_plugin*>(&plugin_);
  HookTimers timers_;
  RoomSettingsAdapter adapter_{"recording", kTable, read_room_schema(kTable).value(), self_,
                               timers_};
};

TEST_F(RoomSettingsAdapterTest, FillsInDefaults) {
  EXPECT_EQ(adapter_.complete("{}").value(), R"({"mode":"tracks","keep":{"days":30}})");
  EXPECT_EQ(adapter_.complete(R"({"keep":{"days":2}})").value(),
            R"({"keep":{"days":2},"mode":"tracks"})");
}

TEST_F(RoomSettingsAdapterTest, NamesEachFieldThatIsWrong) {
  const auto refused = adapter_.complete(R"({"mode":"loud","keep":{"days":0}})");
  ASSERT_FALSE(refused.ok());
  const Error& error = refused.error();
  EXPECT_EQ(error.code, ErrorCode::InvalidArgument);
  ASSERT_EQ(error.fields.size(), 2u);
  EXPECT_EQ(error.fields[0].pointer, "/mode");
  EXPECT_EQ(error.fields[1].pointer, "/keep/days");
  EXPECT_THAT(error.message, HasSubstr("/mode: "));
  EXPECT_THAT(error.message, HasSubstr("; /keep/days: "));
  EXPECT_THAT(adapter_.complete("{").error().message, HasSubstr("not JSON"));
}

TEST_F(RoomSettingsAdapterTest, TellsThePluginAndOutlivesWhatItThrows) {
  adapter_.changed("lobby", "{}");
  plugin_.throws = true;
  adapter_.changed("attic", R"({"mode":"mix"})");
  EXPECT_THAT(plugin_.told, ElementsAre("lobby {} no mode", R"(attic {"mode":"mix"} mix)"));
  EXPECT_EQ(timers_[0].calls(), 2u);
  EXPECT_EQ(timers_[0].failures(), 1u);
}

TEST_F(RoomSettingsAdapterTest, ASelectorNeedsNoCallBesideItsSettings) {
  veche_room_settings silent = kTable;
  silent.changed = nullptr;
  ASSERT_TRUE(RoomSettingsAdapter::check(silent));
  RoomSettingsAdapter adapter("stage", silent, read_room_schema(silent).value(), self_, timers_);
  adapter.changed("lobby", "{}");
  EXPECT_TRUE(plugin_.told.empty());
}

}  // namespace
}  // namespace veche::plugin::room_settings_adapter_test
