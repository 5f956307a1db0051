// SPDX-License-Identifier: Apache-2.0
// Rooms: evenly filled, each with its own talkers.
#include "rooms.hpp"

#include <gtest/gtest.h>

#include <set>

namespace veche::load {
namespace {

TEST(LoadRooms, HaveAsManyTalkersEach) {
  const Rooms rooms(3, {.participants = 8, .talkers = 2, .duration_ms = 1000});
  ASSERT_EQ(rooms.count(), 3u);
  EXPECT_EQ(rooms.talkers(), 6u);
  EXPECT_EQ(rooms.turns(0), (std::vector<Turn>{{0, 0, 1000}, {3, 0, 1000}}));
  EXPECT_EQ(rooms.turns(1), (std::vector<Turn>{{1, 0, 1000}, {4, 0, 1000}}));
  EXPECT_EQ(rooms.turns(2), (std::vector<Turn>{{2, 0, 1000}, {5, 0, 1000}}));
}

TEST(LoadRooms, LetOnlyTheirOwnParticipantsTalk) {
  for (const Pattern pattern : {Pattern::Rotating, Pattern::Random}) {
    constexpr uint32_t kParticipants = 11;
    const Rooms rooms(4, {.pattern = pattern,
                          .participants = kParticipants,
                          .talkers = 1,
                          .turn_ms = 200,
                          .duration_ms = 60'000});
    std::set<uint32_t> talkers;
    for (uint32_t room = 0; room < rooms.count(); ++room) {
      for (const Turn& turn : rooms.turns(room)) {
        EXPECT_EQ(rooms.room_of(turn.talker), room);
        talkers.insert(turn.talker);
      }
    }
    EXPECT_EQ(talkers.size(), kParticipants);
    EXPECT_EQ(*talkers.rbegin(), kParticipants - 1);
  }
}

TEST(LoadRooms, AreNamedByTheirNumberUnlessThereIsOne) {
  EXPECT_EQ(Rooms(1, {}).name("load", 0), "load");
  EXPECT_EQ(Rooms(2, {}).name("load", 1), "load-1");
}

}  // namespace
}  // namespace veche::load
