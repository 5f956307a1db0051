// SPDX-License-Identifier: Apache-2.0
// Which participants a full server admits and refuses, and the reservations for joining ones.
#include "room_fixture.hpp"

namespace veche::room {
namespace {

using ::testing::HasSubstr;

class AdmissionTest : public RoomTest {
 protected:
  void SetUp() override {
    RoomTest::SetUp();
    engine.path = media::PathKind::Pipeline;
    server->use_system([this] {
      ++readings;
      return system;
    });
    tick();
  }
  /// Room for this many on the pipeline path, by descriptors: 64 are reserved, each takes 9 and 1.
  void leave_room_for(int64_t count) {
    system.descriptors = {512, 512 - 64 - count * 10};
    tick();
  }
  int64_t head_room() { return server->capacity().head_room; }

  SystemReading system;
  int readings = 0;
};

TEST_F(AdmissionTest, DescriptorsThatAreGivenUpWhenNeededBoundNothing) {
  leave_room_for(0);
  EXPECT_EQ(head_room(), 0);
  server->use_spare_descriptors([] { return 20; });
  tick();
  EXPECT_EQ(head_room(), 2);
  server->use_spare_descriptors(nullptr);
}

TEST_F(AdmissionTest, RefusesNewParticipantsSessionsAndRoomsMadeForThemWhenFull) {
  Room& room = make_room();
  Participant& invited = join(room, "ivy");
  leave_room_for(0);
  EXPECT_EQ(room.join("bob", {}).error().code, ErrorCode::OverCapacity);
  EXPECT_EQ(server->find_or_create_room("new").error().code, ErrorCode::OverCapacity);
  EXPECT_EQ(server->find_room("new"), nullptr);
  invited.open_session("TSS", [this](const auto& answer) { answers.push_back(answer); });
  run();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::OverCapacity);
  EXPECT_THAT(answers[0].error().message, HasSubstr("descriptors: limit 512, 448 used"));
  EXPECT_EQ(room.find("ivy"), &invited) << "she may try again";
  EXPECT_TRUE(server->create_room("made", {}).ok()) << "a room costs next to nothing";
}

TEST_F(AdmissionTest, LeavesCallsAloneAndLetsThemReconnectWhenFull) {
  leave_room_for(2);
  Room& room = make_room();
  FakeSession& session = connect(room, "ann");
  leave_room_for(0);
  EXPECT_EQ(session.closed, 0);
  EXPECT_TRUE(room.join("ann", {}).ok());
  FakeSession& again = offer(*room.find("ann"));
  EXPECT_EQ(session.closed, 1);
  again.answer();
  again.connect();
  tick();
  EXPECT_EQ(room.find("ann")->session_state(), SessionState::Connected);
}

TEST_F(AdmissionTest, TakesPeopleAgainWhenSomebodyHasLeft) {
  Room& room = make_room();
  leave_room_for(0);
  EXPECT_FALSE(room.join("bob", {}).ok());
  leave_room_for(1);
  EXPECT_TRUE(room.join("bob", {}).ok());
}

TEST_F(AdmissionTest, PromisesWhatJoiningSessionsHaveNotTakenYet) {
  leave_room_for(2);
  Room& room = make_room();
  offer(join(room, "ann"));
  EXPECT_EQ(head_room(), 1) << "the reading is the same, but she will take ten";
  offer(join(room, "bob"));
  EXPECT_EQ(head_room(), 0);
  EXPECT_EQ(room.join("cat", {}).error().code, ErrorCode::OverCapacity);
  // Ann's session has its descriptors, Bob's is still being made.
  engine.in_making.pipeline = 1;
  system.descriptors->used += 9;
  tick();
  EXPECT_EQ(head_room(), 0);
  EXPECT_EQ(room.join("cat", {}).error().code, ErrorCode::OverCapacity);
  EXPECT_EQ(server->descriptors_to_leave(512), 32 + 9);
}

TEST_F(AdmissionTest, KeepsADescriptorForEventsUntilTheClientHasThatConnection) {
  leave_room_for(2);
  Room& room = make_room();
  connect(room, "ann");
  engine.in_making = {};
  system.descriptors->used += 9;
  tick();
  const int64_t promised = server->capacity().resources[0].promised;
  EXPECT_EQ(promised, 1);
  RecordingSink sink, second;
  const auto feed = std::move(room.watch("ann", sink)).value();
  const auto other = std::move(room.watch("ann", second)).value();
  EXPECT_EQ(server->capacity().resources[0].promised, 0);
}

TEST_F(AdmissionTest, KeepsNoDescriptorForTheEventsOfAClientThatReadsNone) {
  leave_room_for(2);
  Room& room = make_room();
  const auto promised = [&] {
    system.descriptors->used += 1;
    tick();
    return server->capacity().resources[0].promised;
  };
  join(room, "ann").open_session("TSS", [](const auto&) {}, {.client = ClientKind::Publisher});
  engine.in_making = {};
  EXPECT_EQ(promised(), 0);
  room.find("ann")->open_session("TSS", [](const auto&) {});
  engine.in_making = {};
  EXPECT_EQ(promised(), 1) << "a client of our own";
  room.find("ann")->open_session("TSS", [](const auto&) {}, {.client = ClientKind::Player});
  EXPECT_EQ(promised(), 0);
  RecordingSink sink;
  const auto feed = std::move(room.watch("ann", sink)).value();
  join(room, "bob");
  EXPECT_EQ(promised(), 1) << "Bob's alone, although Ann reads events after all";
  run();
}

TEST_F(AdmissionTest, GoesByThePathOfTheRoom) {
  system.descriptors = {512, 512 - 64 - 5};
  tick();
  Room& wire = *server->create_room("w", {.path = media::PathKind::Wire}).value();
  EXPECT_EQ(make_room("p").join("ann", {}).error().code, ErrorCode::OverCapacity);
  EXPECT_TRUE(wire.join("ann", {}).ok());
}

TEST_F(AdmissionTest, ReadsTheSystemOnceATickAndOnlyWhenAsked) {
  tick();
  const int before = readings;
  tick();
  EXPECT_EQ(readings, before);
  for (int i = 0; i < 10; ++i) head_room();
  EXPECT_EQ(readings, before + 1);
}

TEST_F(AdmissionTest, RefusesWhileLanesAreTooBusy) {
  Room& room = make_room();
  leave_room_for(20);
  for (int s = 0; s < 7; ++s) {
    engine.lane_statistics[0].busy_ns += 9 * kNsPerS / 10;
    tick(1000);
  }
  const auto refused = room.join("bob", {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::OverCapacity);
  EXPECT_THAT(refused.error().message, HasSubstr("lane_load_percent: limit 80, 90 used"));
  for (int s = 0; s < 7; ++s) tick(1000);
  EXPECT_TRUE(room.join("bob", {}).ok());
}

TEST_F(AdmissionTest, OfAServerThatDrainsIsTheDrainsToRefuse) {
  leave_room_for(0);
  server->drain(300, false);
  EXPECT_EQ(server->takes_participants().error().code, ErrorCode::Unavailable);
}

}  // namespace
}  // namespace veche::room
