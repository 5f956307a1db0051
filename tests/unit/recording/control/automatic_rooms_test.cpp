// SPDX-License-Identifier: Apache-2.0
// When a room is recorded without a request.
#include "recording/control/automatic_rooms.hpp"

#include <gtest/gtest.h>

namespace veche::recording {
namespace {

RoomRecording recording(bool automatic, bool mix = false) {
  RoomRecording settings;
  settings.automatic = automatic;
  settings.plan.mix = mix;
  return settings;
}

TEST(AutomaticRooms, WantsWhatThePolicySays) {
  AutomaticRooms rooms;
  EXPECT_EQ(rooms.wanted("lobby"), nullptr) << "no policy";
  rooms.set("lobby", recording(false));
  EXPECT_EQ(rooms.wanted("lobby"), nullptr);
  rooms.set("lobby", recording(true, true));
  ASSERT_NE(rooms.wanted("lobby"), nullptr);
  EXPECT_TRUE(rooms.wanted("lobby")->mix);
  EXPECT_EQ(rooms.wanted("hall"), nullptr) << "another room";
  rooms.erase("lobby");
  EXPECT_EQ(rooms.wanted("lobby"), nullptr);
}

TEST(AutomaticRooms, WantsNoSecondRecordingWhileOneWaitsForItsFolder) {
  AutomaticRooms rooms;
  rooms.set("lobby", recording(true));
  rooms.set_beginning("lobby");
  EXPECT_EQ(rooms.wanted("lobby"), nullptr);
  rooms.set("lobby", recording(true));
  EXPECT_EQ(rooms.wanted("lobby"), nullptr) << "another policy does not begin a second one";
  rooms.has_begun("lobby");
  EXPECT_NE(rooms.wanted("lobby"), nullptr);
}

TEST(AutomaticRooms, PausesUntilTheNextConversationOrPolicy) {
  AutomaticRooms rooms;
  rooms.set("lobby", recording(true));
  rooms.pause("lobby");
  EXPECT_EQ(rooms.wanted("lobby"), nullptr);
  rooms.resume("lobby");
  EXPECT_NE(rooms.wanted("lobby"), nullptr);
  rooms.pause("lobby");
  rooms.set("lobby", recording(true));
  EXPECT_NE(rooms.wanted("lobby"), nullptr);
}

TEST(AutomaticRooms, RoomsThatHaveClosedMeanwhileAreIgnored) {
  AutomaticRooms rooms;
  rooms.pause("gone");
  rooms.resume("gone");
  rooms.set_beginning("gone");
  rooms.has_begun("gone");
  rooms.refuse("gone", 0);
  EXPECT_EQ(rooms.wanted("gone"), nullptr);
}

TEST(AutomaticRooms, TriesARefusedRecordingAgainAfterPausesThatGrow) {
  AutomaticRooms rooms;
  rooms.set("lobby", recording(true));
  int64_t now_ms = 1'000;
  for (const int64_t pause_ms : {5'000, 10'000, 20'000, 40'000, 60'000, 60'000}) {
    ASSERT_NE(rooms.wanted("lobby"), nullptr);
    rooms.set_beginning("lobby");
    rooms.refuse("lobby", now_ms);
    EXPECT_EQ(rooms.wanted("lobby"), nullptr);
    EXPECT_TRUE(rooms.take_due(now_ms + pause_ms - 1).empty());
    now_ms += pause_ms;
    EXPECT_EQ(rooms.take_due(now_ms), std::vector<std::string>{"lobby"});
    EXPECT_TRUE(rooms.take_due(now_ms).empty()) << "it is due once";
  }
  EXPECT_TRUE(rooms.was_refused("lobby"));
  rooms.set_beginning("lobby");
  rooms.has_begun("lobby");
  EXPECT_FALSE(rooms.was_refused("lobby"));
  EXPECT_EQ(rooms.refuse("lobby", 0), 1U) << "the next refusal is a first one";
}

TEST(AutomaticRooms, AnotherPolicyIsTriedAtOnce) {
  AutomaticRooms rooms;
  rooms.set("lobby", recording(true));
  rooms.refuse("lobby", 0);
  rooms.set("lobby", recording(true));
  EXPECT_NE(rooms.wanted("lobby"), nullptr);
  EXPECT_TRUE(rooms.take_due(INT64_MAX).empty());
}

}  // namespace
}  // namespace veche::recording
