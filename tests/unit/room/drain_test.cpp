// SPDX-License-Identifier: Apache-2.0
// Tests of a drain: the server refuses new participants, keeps the others, notifies clients, and
// ends.
#include "room_fixture.hpp"

namespace veche::room {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DrainTest : public RoomTest {
 protected:
  void SetUp() override {
    RoomTest::SetUp();
    server->set_drained_handler([this] { ++drained; });
  }

  int drained = 0;
};

TEST_F(DrainTest, TakesNoNewRoomsParticipantsAndSessions) {
  Room& room = make_room();
  connect(room, "ann");
  Participant& invited = join(room, "ivy");
  server->drain(300, false);
  EXPECT_EQ(server->create_room("new", {}).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(server->find_or_create_room("new").error().code, ErrorCode::Unavailable);
  EXPECT_EQ(room.join("bob", {}).error().code, ErrorCode::Unavailable);
  invited.open_session("TSS", [this](const auto& answer) { answers.push_back(answer); });
  run();
  ASSERT_EQ(answers.size(), 2u);
  ASSERT_FALSE(answers[1].ok());
  EXPECT_EQ(answers[1].error().code, ErrorCode::Unavailable);
  EXPECT_THAT(answers[1].error().message, HasSubstr("draining"));
  EXPECT_EQ(room.find("ivy"), &invited);
}

TEST_F(DrainTest, KeepsCallsAndLetsThemReconnect) {
  Room& room = make_room();
  FakeSession& session = connect(room, "ann");
  server->drain(300, false);
  tick();
  EXPECT_EQ(session.closed, 0);
  EXPECT_TRUE(room.update({.max_participants = 7}).ok());
  EXPECT_TRUE(room.join("ann", {}).ok());
  FakeSession& again = offer(*room.find("ann"));
  EXPECT_EQ(session.closed, 1);
  again.answer();
  again.connect();
  tick();
  EXPECT_EQ(room.find("ann")->session_state(), SessionState::Connected);
  EXPECT_EQ(drained, 0);
}

TEST_F(DrainTest, IsOverWhenTheLastSessionHasEnded) {
  Room& room = make_room();
  connect(room, "ann");
  connect(room, "bob");
  join(room, "ivy");
  server->drain(300, false);
  ASSERT_TRUE(room.remove("ann", EndReason::Left).ok());
  tick();
  EXPECT_EQ(drained, 0);
  ASSERT_TRUE(room.remove("bob", EndReason::Left).ok());
  tick();
  EXPECT_EQ(drained, 1) << "who is invited cannot come any more";
  tick();
  EXPECT_EQ(drained, 1);
}

TEST_F(DrainTest, IsOverAtTheDeadline) {
  connect(make_room(), "ann");
  server->drain(2, false);
  tick(1999);
  EXPECT_EQ(drained, 0);
  tick(10'001);
  EXPECT_EQ(drained, 1);
}

TEST_F(DrainTest, OfAnEmptyServerIsOverAtOnce) {
  tick();
  EXPECT_EQ(drained, 0) << "nobody asked for it";
  server->drain(300, true);
  EXPECT_EQ(drained, 0) << "not within the call";
  tick();
  EXPECT_EQ(drained, 1);
}

TEST_F(DrainTest, OnceItIsOverItCannotBeTakenBack) {
  tick();
  server->drain(300, false);
  tick();
  ASSERT_EQ(drained, 1);
  EXPECT_EQ(server->stop_draining().error().code, ErrorCode::Conflict) << "the process exits";
}

TEST_F(DrainTest, IsTakenBackUnlessItIsFinal) {
  Room& room = make_room();
  connect(room, "ann");
  EXPECT_TRUE(server->stop_draining().ok()) << "there is none";
  server->drain(1, false);
  ASSERT_TRUE(server->stop_draining().ok());
  EXPECT_FALSE(server->draining());
  EXPECT_TRUE(room.join("bob", {}).ok());
  tick(5000);
  EXPECT_EQ(drained, 0);
  server->drain(100, true);
  EXPECT_EQ(server->stop_draining().error().code, ErrorCode::Conflict);
  server->drain(100, false);
  EXPECT_EQ(server->stop_draining().error().code, ErrorCode::Conflict) << "it stays final";
}

TEST_F(DrainTest, MovesItsDeadlineButASignalOnlyForward) {
  connect(make_room(), "ann");
  const auto left_s = [this] { return (server->draining()->deadline_ns - now_ns) / kNsPerS; };
  tick(0);
  server->drain(100, false);
  EXPECT_EQ(left_s(), 100);
  server->drain(300, false);
  EXPECT_EQ(left_s(), 300);
  server->drain(30, true);
  EXPECT_EQ(left_s(), 30);
  server->drain(60, true);
  EXPECT_EQ(left_s(), 30);
  server->drain(600, false);
  EXPECT_EQ(left_s(), 600) << "whoever asks over HTTP knows better";
  EXPECT_TRUE(server->draining()->is_final);
}

TEST_F(DrainTest, TellsClientsThoseThatComeTooAndWhenItIsTakenBack) {
  Room& room = make_room();
  connect(room, "ann");
  RecordingSink ann, late;
  const auto feed = std::move(room.watch("ann", ann)).value();
  ann.take();
  server->drain(300, false);
  EXPECT_THAT(ann.take(), ElementsAre("draining"));
  const auto late_feed = std::move(room.watch("ann", late)).value();
  EXPECT_THAT(late.take(), ElementsAre("snapshot", "draining"));
  ASSERT_TRUE(server->stop_draining().ok());
  EXPECT_THAT(ann.take(), ElementsAre("draining no more"));
  EXPECT_THAT(late.take(), ElementsAre("draining no more"));
}

TEST_F(DrainTest, AClientMayLeaveAsSoonAsItIsTold) {
  Room& room = make_room();
  connect(room, "ann");
  connect(room, "bob");
  RecordingSink ann, bob;
  std::unique_ptr<ClientFeed> first = std::move(room.watch("ann", ann)).value();
  std::unique_ptr<ClientFeed> second = std::move(room.watch("bob", bob)).value();
  ann.take();
  bob.take();
  ann.then = [&](const std::string& line) {
    if (line == "draining") (void)server->remove_room("r");
  };
  server->drain(300, false);
  EXPECT_THAT(ann.take(), ElementsAre("draining", "closing room_closed"));
  EXPECT_THAT(bob.take(), ElementsAre("closing room_closed"));
  run();
}

TEST_F(DrainTest, IsAnEventOfTheServerItself) {
  make_room();
  run();
  events.clear();
  server->drain(300, false);
  EXPECT_THAT(events, IsEmpty()) << "never from within the call";
  ASSERT_TRUE(server->stop_draining().ok());
  run();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].type, "server.draining");
  EXPECT_EQ(events[0].data, R"({"deadline_s":300,"final":false})");
  EXPECT_EQ(events[0].room, "");
  EXPECT_EQ(events[0].seq, 1u);
  EXPECT_EQ(events[1].type, "server.resumed");
  EXPECT_EQ(events[1].seq, 2u);
}

TEST_F(DrainTest, LimitsThatChangeCountForWhatComes) {
  Room& room = make_room();
  offer(join(room, "ann"), "TSS");
  server->use_limits({.max_participants = 2, .max_audio_slots = 1});
  EXPECT_EQ(room.max_participants(), 2u);
  room.find("ann")->open_session("TSS", [this](const auto& answer) { answers.push_back(answer); });
  run();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_THAT(answers[0].error().message, HasSubstr("too many slots"));
  EXPECT_EQ(media().newest().closed, 0) << "a refused offer leaves the session alone";
  EXPECT_TRUE(room.join("bob", {}).ok());
  EXPECT_EQ(room.join("cat", {}).error().code, ErrorCode::Exhausted);
}

}  // namespace
}  // namespace veche::room
