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
  rooms.set_beginning("lobby", true);
  EXPECT_EQ(rooms.wanted("lobby"), nullptr);
  rooms.set("lobby", recording(true));
  EXPECT_EQ(rooms.wanted("lobby"), nullptr) << "another policy does not begin a second one";
  rooms.set_beginning("lobby", false);
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
  rooms.set_beginning("gone", false);
  EXPECT_EQ(rooms.wanted("gone"), nullptr);
}

}  // namespace
}  // namespace veche::recording
