// SPDX-License-Identifier: Apache-2.0
// Events of closed rooms: their lifetime and their sequence numbers.
#include "room/closed_rooms.hpp"

#include "room_fixture.hpp"

namespace veche::room {
namespace {

/// "incarnation seq" of one more event.
std::string next(ClosedRooms& rooms, const std::string& room, int64_t now_ns = 0) {
  const auto next = rooms.next(room, now_ns);
  return next ? next->incarnation + " " + std::to_string(next->seq) : "unknown";
}

TEST(ClosedRooms, AreRememberedForAMinute) {
  ClosedRooms rooms;
  rooms.add("a", "first", 7, 0);
  rooms.add("b", "second", 1, kNsPerS);
  EXPECT_EQ(next(rooms, "a", 60 * kNsPerS), "first 8");
  EXPECT_EQ(next(rooms, "a", 60 * kNsPerS), "first 9");
  EXPECT_EQ(next(rooms, "a", 60 * kNsPerS + 1), "unknown");
  EXPECT_EQ(next(rooms, "b", 60 * kNsPerS + 1), "second 2");
  EXPECT_EQ(next(rooms, "c", 60 * kNsPerS + 1), "unknown");
}

TEST(ClosedRooms, ANameThatIsUsedAgainIsForgotten) {
  ClosedRooms rooms;
  rooms.add("a", "first", 7, 0);
  rooms.forget("a");
  EXPECT_EQ(next(rooms, "a"), "unknown");
  rooms.add("a", "second", 2, 0);
  EXPECT_EQ(next(rooms, "a"), "second 3");
}

TEST(ClosedRooms, TheOldestGoesWhenThereAreTooMany) {
  ClosedRooms rooms;
  for (size_t i = 0; i <= ClosedRooms::kMax; ++i) rooms.add(std::to_string(i), "", 1, 0);
  EXPECT_EQ(next(rooms, "0"), "unknown");
  EXPECT_EQ(next(rooms, "1"), " 2");
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

TEST_F(LateEventsTest, KeepTheIncarnationOfTheirRoom) {
  const std::string incarnation = make_room("a").incarnation();
  ASSERT_TRUE(server->remove_room("a").ok());
  EXPECT_TRUE(server->emit("a", "recording.finished", "", "{}").ok());
  server->emit("server.resumed");
  run();
  ASSERT_EQ(events.size(), 4u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(events[i].incarnation, incarnation) << events[i].type;
  EXPECT_EQ(events[3].incarnation, "") << "an event of the server itself";
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
