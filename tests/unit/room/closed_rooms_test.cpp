// SPDX-License-Identifier: Apache-2.0
// Events of closed rooms: their lifetime and their sequence numbers.
#include "room/closed_rooms.hpp"

#include "room_fixture.hpp"

namespace veche::room {
namespace {

TEST(ClosedRooms, AreRememberedForAMinute) {
  ClosedRooms rooms;
  rooms.add("a", 7, 0);
  rooms.add("b", 1, kNsPerS);
  EXPECT_EQ(rooms.next_seq("a", 60 * kNsPerS), 8u);
  EXPECT_EQ(rooms.next_seq("a", 60 * kNsPerS), 9u);
  EXPECT_EQ(rooms.next_seq("a", 60 * kNsPerS + 1), std::nullopt);
  EXPECT_EQ(rooms.next_seq("b", 60 * kNsPerS + 1), 2u);
  EXPECT_EQ(rooms.next_seq("c", 60 * kNsPerS + 1), std::nullopt);
}

TEST(ClosedRooms, ANameThatIsUsedAgainIsForgotten) {
  ClosedRooms rooms;
  rooms.add("a", 7, 0);
  rooms.forget("a");
  EXPECT_EQ(rooms.next_seq("a", 0), std::nullopt);
  rooms.add("a", 2, 0);
  EXPECT_EQ(rooms.next_seq("a", 0), 3u);
}

TEST(ClosedRooms, TheOldestGoesWhenThereAreTooMany) {
  ClosedRooms rooms;
  for (size_t i = 0; i <= ClosedRooms::kMax; ++i) rooms.add(std::to_string(i), 1, 0);
  EXPECT_EQ(rooms.next_seq("0", 0), std::nullopt);
  EXPECT_EQ(rooms.next_seq("1", 0), 2u);
}

class LateEventsTest : public RoomTest {
 protected:
  /// "type seq" of each event since the last call.
  std::vector<std::string> numbered() {
    run();
    std::vector<std::string> lines;
    for (const Event& event : std::exchange(events, {})) {
      lines.push_back(event.type + " " + std::to_string(event.seq));
    }
    return lines;
  }
};

TEST_F(LateEventsTest, GoOnWithTheNumbersOfTheirRoom) {
  join(make_room("a"), "ann");
  EXPECT_TRUE(server->emit("a", "recording.started", "ann", "{}").ok());
  EXPECT_EQ(server->emit("a", "recording.started", "bob", "{}").error().code, ErrorCode::NotFound);
  ASSERT_TRUE(server->remove_room("a").ok());
  EXPECT_TRUE(server->emit("a", "recording.finished", "", R"({"files":2})").ok());
  EXPECT_TRUE(server->emit("a", "recording.finished", "ann", "{}").ok());
  EXPECT_FALSE(server->emit("a", "recording.finished", "no name", "{}").ok());
  EXPECT_THAT(numbered(),
              testing::ElementsAre("room.created 1", "recording.started 2", "room.closed 3",
                                   "recording.finished 4", "recording.finished 5"));
  tick(60'100);
  EXPECT_EQ(server->emit("a", "recording.finished", "", "{}").error().code, ErrorCode::NotFound);
}

TEST_F(LateEventsTest, BelongToARoomThatWasMadeAgain) {
  make_room("a");
  ASSERT_TRUE(server->remove_room("a").ok());
  make_room("a");
  EXPECT_TRUE(server->emit("a", "recording.finished", "", "{}").ok());
  EXPECT_THAT(numbered(), testing::ElementsAre("room.created 1", "room.closed 2", "room.created 1",
                                               "recording.finished 2"));
}

}  // namespace
}  // namespace veche::room
