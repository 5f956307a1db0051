// SPDX-License-Identifier: Apache-2.0
// Which extension tables the host refuses, and its messages.
#include "plugin/extensions.hpp"

#include <gmock/gmock.h>
#include <veche/controller.h>
#include <veche/observer.h>
#include <veche/packet_policy.h>
#include <veche/room_settings.h>
#include <veche/selector.h>
#include <veche/track_tap.h>

namespace veche::plugin {
namespace {

using ::testing::HasSubstr;

veche_selector selector_table() {
  veche_selector table{};
  table.struct_size = sizeof table;
  table.make_settings = [](veche_plugin*, const veche_values*,
                           veche_error*) -> veche_selector_settings* { return nullptr; };
  table.free_settings = [](veche_plugin*, veche_selector_settings*) {};
  table.open = [](veche_plugin*, const veche_selector_settings*,
                  veche_error*) -> veche_selector_room* { return nullptr; };
  table.close = [](veche_plugin*, veche_selector_room*) {};
  table.use_settings = [](veche_selector_room*, const veche_selector_settings*) {};
  table.select = [](veche_selector_room*, const veche_room_view*, veche_selection*) {};
  return table;
}

veche_packet_policy policy_table(uint32_t state_size) {
  veche_packet_policy table{};
  table.struct_size = sizeof table;
  table.state_size = state_size;
  table.decide = [](veche_plugin*, void*, const veche_route*, const veche_packet*, uint32_t,
                    uint32_t, uint32_t*) {};
  return table;
}

std::string reason(const char* id, const void* table) {
  const auto checked = check_extension_table(id, table);
  return checked.ok() ? "accepted" : checked.error().message;
}

TEST(Extensions, KnowsItsIdsAndWhichAreExclusive) {
  EXPECT_TRUE(is_known_extension(VECHE_EXT_SELECTOR) && is_exclusive_extension(VECHE_EXT_SELECTOR));
  EXPECT_TRUE(is_known_extension(VECHE_EXT_PACKET_POLICY));
  EXPECT_TRUE(is_exclusive_extension(VECHE_EXT_PACKET_POLICY));
  EXPECT_TRUE(is_known_extension(VECHE_EXT_OBSERVER));
  EXPECT_FALSE(is_exclusive_extension(VECHE_EXT_OBSERVER));
  EXPECT_TRUE(is_known_extension(VECHE_EXT_TRACK_TAP));
  EXPECT_FALSE(is_exclusive_extension(VECHE_EXT_TRACK_TAP));
  EXPECT_FALSE(is_known_extension("veche.selector/1") ||
               is_exclusive_extension("veche.selector/1"));
}

TEST(Extensions, ControllersMeetWhereTheirKindsDo) {
  const char* const all = VECHE_EXT_CONTROLLER;
  const char* const audio = VECHE_EXT_AUDIO_CONTROLLER;
  const char* const video = VECHE_EXT_VIDEO_CONTROLLER;
  const struct {
    const char *one, *other, *kinds;
  } cases[] = {{all, all, "audio and video"},
               {all, video, "video"},
               {audio, all, "audio"},
               {audio, audio, "audio"},
               {audio, video, ""},
               {video, audio, ""},
               {all, VECHE_EXT_SELECTOR, ""},
               {VECHE_EXT_SELECTOR, VECHE_EXT_SELECTOR, ""}};
  for (const auto& [one, other, kinds] : cases) {
    EXPECT_EQ(find_controller_conflict(one, other), kinds) << one << " and " << other;
  }
  for (const char* id : {all, audio, video}) {
    EXPECT_TRUE(is_known_extension(id) && is_controller(id));
  }
}

TEST(Extensions, AcceptsCompleteTables) {
  const veche_selector selector = selector_table();
  const veche_packet_policy policy = policy_table(256);
  EXPECT_EQ(reason(VECHE_EXT_SELECTOR, &selector), "accepted");
  EXPECT_EQ(reason(VECHE_EXT_PACKET_POLICY, &policy), "accepted");
}

TEST(Extensions, RefusesIncompleteTables) {
  EXPECT_THAT(reason(VECHE_EXT_OBSERVER, nullptr), HasSubstr("null for \"veche.observer/1\""));

  veche_observer observer{};
  EXPECT_THAT(reason(VECHE_EXT_OBSERVER, &observer), HasSubstr("struct_size of 0"));
  observer.struct_size = sizeof observer;
  EXPECT_THAT(reason(VECHE_EXT_OBSERVER, &observer), HasSubstr("on_event is null"));

  veche_packet_policy policy = policy_table(257);
  EXPECT_THAT(reason(VECHE_EXT_PACKET_POLICY, &policy),
              HasSubstr("state_size is 257, at most 256"));
  policy = policy_table(0);
  policy.decide = nullptr;
  EXPECT_THAT(reason(VECHE_EXT_PACKET_POLICY, &policy), HasSubstr("decide is null"));

  veche_track_tap tap{};
  tap.struct_size = 16;
  EXPECT_THAT(reason(VECHE_EXT_TRACK_TAP, &tap), HasSubstr("struct_size of 16, at least 24"));
  tap.struct_size = sizeof tap;
  EXPECT_THAT(reason(VECHE_EXT_TRACK_TAP, &tap), HasSubstr("open is null"));
  tap.open = [](veche_plugin*, const veche_track*) -> _GstElement* { return nullptr; };
  EXPECT_THAT(reason(VECHE_EXT_TRACK_TAP, &tap), HasSubstr("closed is null"));
}

TEST(Extensions, RefusesRoomSettingsThatNoRoomCouldBeCheckedWith) {
  veche_room_settings table{};
  table.struct_size = sizeof table;
  table.changed = [](veche_plugin*, const char*, const veche_values*) {};
  const struct {
    const char *schema, *expected;
  } cases[] = {
      {nullptr, "schema is null"},
      {R"({"type": "object", "oneOf": []})", "the schema is refused"},
      {R"({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}})",
       "a room that says nothing does not fit the schema"},
      {R"({"type": "integer"})", "does not fit the schema"},
      {R"({"type": "object"})", "accepted"},
  };
  for (const auto& [schema, expected] : cases) {
    table.schema = schema;
    EXPECT_THAT(reason(VECHE_EXT_ROOM_SETTINGS, &table), HasSubstr(expected));
  }
  EXPECT_FALSE(is_exclusive_extension(VECHE_EXT_ROOM_SETTINGS));
}

TEST(Extensions, NamesTheSelectorFunctionThatIsMissing) {
  const struct {
    const char* expected;
    void (*damage)(veche_selector&);
  } cases[] = {
      {"make_settings is null", [](veche_selector& t) { t.make_settings = nullptr; }},
      {"free_settings is null", [](veche_selector& t) { t.free_settings = nullptr; }},
      {"open is null", [](veche_selector& t) { t.open = nullptr; }},
      {"close is null", [](veche_selector& t) { t.close = nullptr; }},
      {"use_settings is null", [](veche_selector& t) { t.use_settings = nullptr; }},
      {"select is null", [](veche_selector& t) { t.select = nullptr; }},
  };
  for (const auto& [expected, damage] : cases) {
    veche_selector table = selector_table();
    damage(table);
    EXPECT_THAT(reason(VECHE_EXT_SELECTOR, &table), HasSubstr(expected));
  }
}

}  // namespace
}  // namespace veche::plugin
