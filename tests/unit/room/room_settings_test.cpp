// SPDX-License-Identifier: Apache-2.0
// Plugins with their own part in rooms' policies: the settings that they refuse, and those that
// they get.
#include "room/room_settings.hpp"

#include "room_fixture.hpp"

namespace veche::room {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Accepts {} and {"mode":"mix"}; the default mode is "tracks".
class FakePlugin : public RoomSettings {
 public:
  FakePlugin(std::string name, std::vector<std::string>& told)
      : name_(std::move(name)), told_(told) {}

  std::string name() const override { return name_; }
  Result<std::string> complete(const std::string& json) const override {
    if (json == "{}") return std::string(R"({"mode":"tracks"})");
    if (json == R"({"mode":"mix"})" || json == R"({"mode":"tracks"})") return json;
    Error error = invalid("it is wrong.");
    error.fields = {{"/mode", "is wrong"}};
    return error;
  }
  void changed(const std::string& room, const std::string& json) override {
    told_.push_back(name_ + " " + room + " " + json);
  }

 private:
  const std::string name_;
  std::vector<std::string>& told_;
};

class RoomSettingsTest : public RoomTest {
 protected:
  void SetUp() override {
    RoomTest::SetUp();
    server->add_event_handler(
        [this](const Event& event) { told.push_back(event.type + " " + event.room); });
    server->add_room_settings(plugin);
  }
  std::vector<std::string> take_told() {
    run();
    return std::exchange(told, {});
  }

  static constexpr const char* kMix = R"({"mode":"mix"})";
  std::vector<std::string> told;
  FakePlugin plugin{"recording", told};
};

TEST_F(RoomSettingsTest, ANewRoomIsToldBeforeItsFirstEventAndNeverFromWithinTheCall) {
  ASSERT_TRUE(server->create_room("a", {.plugins = {{"recording", kMix}}}).ok());
  EXPECT_THAT(told, IsEmpty());
  EXPECT_THAT(take_told(), ElementsAre(R"(recording a {"mode":"mix"})", "room.created a"));
  ASSERT_TRUE(server->find_or_create_room("b").ok());
  EXPECT_THAT(take_told(), ElementsAre(R"(recording b {"mode":"tracks"})", "room.created b"))
      << "a room without a part has the defaults";
}

TEST_F(RoomSettingsTest, ARoomThatIsMadeAgainIsToldAfterTheEndOfTheOldOne) {
  make_room("a");
  take_told();
  ASSERT_TRUE(server->remove_room("a").ok());
  ASSERT_TRUE(server->create_room("a", {.plugins = {{"recording", kMix}}}).ok());
  EXPECT_THAT(take_told(),
              ElementsAre("room.closed a", R"(recording a {"mode":"mix"})", "room.created a"));
}

TEST_F(RoomSettingsTest, AChangeIsToldAndWhatStaysIsNot) {
  Room& room = make_room("a");
  take_told();
  ASSERT_TRUE(room.update({.plugins = {{"recording", kMix}}}).ok());
  EXPECT_THAT(take_told(), ElementsAre(R"(recording a {"mode":"mix"})", "room.updated a"));
  EXPECT_EQ(room.policy().plugins.at("recording"), kMix) << "as it was said, without defaults";
  ASSERT_TRUE(room.update({.metadata = R"({"a":1})"}).ok());
  EXPECT_THAT(take_told(), ElementsAre("room.updated a"));
  ASSERT_TRUE(room.update({.plugins = {{"recording", "{}"}}}).ok());
  EXPECT_THAT(take_told(), ElementsAre(R"(recording a {"mode":"tracks"})", "room.updated a"));
  ASSERT_TRUE(room.update({.plugins = {{"recording", R"({"mode":"tracks"})"}}}).ok());
  EXPECT_THAT(take_told(), ElementsAre("room.updated a")) << "the default, said aloud";
  EXPECT_THAT(media().settings, IsEmpty()) << "it is not the selector's";
}

TEST_F(RoomSettingsTest, RefusalsNameTheFieldWithinThePolicy) {
  const auto refused = server->create_room("a", {.plugins = {{"recording", R"({"mode":1})"}}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("settings of recording are refused"));
  ASSERT_EQ(refused.error().fields.size(), 1u);
  EXPECT_EQ(refused.error().fields[0].pointer, "/recording/mode");
  Room& room = make_room("a");
  take_told();
  EXPECT_FALSE(room.update({.plugins = {{"forwarding", "{}"}, {"recording", "3"}}}).ok());
  EXPECT_EQ(room.revision(), 1u);
  EXPECT_THAT(take_told(), IsEmpty());
  EXPECT_THAT(media().settings, IsEmpty());
}

TEST_F(RoomSettingsTest, UnknownPluginsAreAnsweredWithThoseThatHaveSettings) {
  EXPECT_THAT(
      server->create_room("a", {.plugins = {{"other", "{}"}}}).error().message,
      HasSubstr(R"(Only these plugins have settings for rooms: "forwarding", "recording".)"));
  server->remove_room_settings(engine.selector_settings);
  EXPECT_THAT(server->create_room("a", {.plugins = {{"other", "{}"}}}).error().message,
              HasSubstr(R"(Only the plugin "recording" has)"))
      << "a selector alone has none";
}

TEST_F(RoomSettingsTest, ASelectorGetsItsPartCompleteAndRefusesItWithAPointer) {
  engine.selector = "recording";
  Error refused = invalid("is too loud");
  ASSERT_TRUE(server->create_room("a", {}).ok());
  EXPECT_THAT(media().settings, ElementsAre(R"({"mode":"tracks"})")) << "with the defaults";
  Room& room = *server->find_room("a");
  ASSERT_TRUE(room.update({.plugins = {{"recording", kMix}}}).ok());
  EXPECT_EQ(media().settings.back(), kMix);
  refused.fields = {{"/mode", "is too loud"}};
  engine.refused_settings = refused;
  const Status failed = room.update({.plugins = {{"recording", R"({"mode":"tracks"})"}}});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().fields[0].pointer, "/recording/mode");
  EXPECT_EQ(media().settings.back(), kMix);
}

TEST_F(RoomSettingsTest, ANewSelectorGetsThePartsOfRoomsThatExist) {
  ASSERT_TRUE(server->create_room("a", {.plugins = {{"recording", kMix}}}).ok());
  make_room("b");
  EXPECT_THAT(engine.rooms[0]->settings, IsEmpty());
  engine.selector = "recording";
  server->on_selector_changed();
  EXPECT_THAT(engine.rooms[0]->settings, ElementsAre(kMix));
  EXPECT_THAT(engine.rooms[1]->settings, ElementsAre(R"({"mode":"tracks"})"));
}

TEST_F(RoomSettingsTest, APluginThatComesLaterIsToldOfAllRooms) {
  ASSERT_TRUE(server->create_room("a", {.plugins = {{"recording", kMix}}}).ok());
  make_room("b");
  take_told();
  FakePlugin late("late", told);
  server->add_room_settings(late);
  EXPECT_THAT(take_told(),
              ElementsAre(R"(late a {"mode":"tracks"})", R"(late b {"mode":"tracks"})"));
}

TEST_F(RoomSettingsTest, WhatIsStoredForAPluginThatIsAwayWaitsForIt) {
  Room& room = *server->create_room("a", {.plugins = {{"recording", kMix}}}).value();
  take_told();
  server->remove_room_settings(plugin);
  ASSERT_TRUE(room.update({.max_participants = 7}).ok());
  EXPECT_FALSE(room.update({.plugins = {{"recording", R"({"mode":"tracks"})"}}}).ok())
      << "nobody can check it";
  EXPECT_THAT(take_told(), ElementsAre("room.updated a"));
  server->add_room_settings(plugin);
  EXPECT_THAT(take_told(), ElementsAre(R"(recording a {"mode":"mix"})"));
}

TEST_F(RoomSettingsTest, WhatIsStoredForAPluginThatIsAwayMayBeSaidAgainOrReset) {
  Room& room = *server->create_room("a", {.plugins = {{"recording", kMix}}}).value();
  server->remove_room_settings(plugin);
  EXPECT_TRUE(
      room.update({.max_participants = 7, .plugins = {{"recording", R"({ "mode": "mix" })"}}})
          .ok());
  EXPECT_TRUE(room.update({.plugins = {{"recording", "{}"}}}).ok());
  EXPECT_EQ(room.policy().plugins.at("recording"), "{}");
  EXPECT_FALSE(room.update({.plugins = {{"other", "{}"}}}).ok()) << "nothing is stored for it";
}

TEST_F(RoomSettingsTest, APluginThatHasBeenRemovedIsNotToldWhatWasOnItsWay) {
  make_room("a");
  server->remove_room_settings(plugin);
  EXPECT_THAT(take_told(), ElementsAre("room.created a"));
}

TEST_F(RoomSettingsTest, AStoredPartThatDoesNotFitAnyMoreIsLeftOut) {
  RoomPolicy policy;
  policy.plugins["recording"] = R"({"mode":"of an older version"})";
  EXPECT_EQ(PluginParts::part_of(plugin, "a", policy), R"({"mode":"tracks"})");
}

}  // namespace
}  // namespace veche::room
