// SPDX-License-Identifier: Apache-2.0
// Rooms: admission, policies, events, and their end.
#include "room/server.hpp"

#include "room_fixture.hpp"

namespace veche::room {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ServerTest : public RoomTest {
 protected:
  ErrorCode refusal(const std::string& id, RoomPolicy policy = {}) {
    const Result<Room*> room = server->create_room(id, std::move(policy));
    if (room.ok()) return ErrorCode::Internal;
    message = room.error().message;
    return room.error().code;
  }
  std::string message;
};

TEST_F(ServerTest, RefusesBadAndTakenNames) {
  for (const char* name : {"", ".", "..", "a b", "a/b", "\xff"}) {
    EXPECT_EQ(refusal(name), ErrorCode::InvalidArgument) << name;
    EXPECT_THAT(message, HasSubstr("The name of the room must be"));
  }
  make_room("a");
  EXPECT_EQ(refusal("a"), ErrorCode::Conflict);
  EXPECT_EQ(server->rooms().size(), 1u);
}

TEST_F(ServerTest, RefusesRoomsAboveItsLimit) {
  start({.max_rooms = 1});
  make_room("a");
  EXPECT_EQ(refusal("b"), ErrorCode::Exhausted);
  ASSERT_TRUE(server->remove_room("a").ok());
  EXPECT_TRUE(server->create_room("b", {}).ok());
}

TEST_F(ServerTest, MakesRoomsOnDemandOnlyIfConfigured) {
  start({.empty_timeout_s = 9});
  Room* room = server->find_or_create_room("a").value();
  EXPECT_EQ(room->policy().empty_timeout_s, 9u);
  EXPECT_EQ(server->find_or_create_room("a").value(), room);

  start({.auto_create = false});
  EXPECT_EQ(server->find_or_create_room("a").error().code, ErrorCode::NotFound);
}

TEST_F(ServerTest, ARoomOfTheSameNameIsAnotherIncarnation) {
  const std::string first = make_room("a").incarnation();
  EXPECT_EQ(first.size(), 32u);
  ASSERT_TRUE(server->remove_room("a").ok());
  const std::string second = make_room("a").incarnation();
  EXPECT_NE(first, second);
  ASSERT_TRUE(server->find_room("a")->update({.metadata = R"({"b":1})"}).ok());
  run();
  std::vector<std::string> told;
  for (const Event& event : events) {
    const bool is_first = event.data.find(first) != std::string::npos;
    const bool is_second = event.data.find(second) != std::string::npos;
    told.push_back(event.type + (is_first ? " first" : "") + (is_second ? " second" : ""));
  }
  EXPECT_THAT(told, ElementsAre("room.created first", "room.closed first", "room.created second",
                                "room.updated second"));
}

TEST_F(ServerTest, ChecksPoliciesBeforeItMakesTheRoom) {
  const struct {
    RoomPolicy policy;
    const char* message;
  } cases[] = {
      {{.metadata = "[1]"}, "must be a JSON object"},
      {{.metadata = "{"}, "is not JSON"},
      {{.metadata = "{\"a\":\"" + std::string(16 * 1024, 'x') + "\"}"}, "at most 16384 bytes"},
      {{.plugins = {{"adaptive", "{}"}}}, "Only the plugin \"forwarding\""},
      {{.plugins = {{"forwarding", "3"}}}, "must be a JSON object"},
      {{.plugins = {{"forwarding", R"({"max_speakers":99})"}}}, "must be 1 to 16"},
  };
  for (const auto& [policy, expected] : cases) {
    EXPECT_EQ(refusal("a", policy), ErrorCode::InvalidArgument) << expected;
    EXPECT_THAT(message, HasSubstr(expected));
  }
  engine.selector.clear();
  server->remove_room_settings(engine.selector_settings);
  EXPECT_EQ(refusal("a", {.plugins = {{"forwarding", "{}"}}}), ErrorCode::InvalidArgument);
  EXPECT_THAT(message, HasSubstr("No plugin"));
  EXPECT_THAT(engine.rooms, IsEmpty());
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ServerTest, RefusesAPathThatTheServerDoesNotHave) {
  Room& room = make_room("a");
  engine.has_wire = false;
  EXPECT_EQ(refusal("b", {.path = media::PathKind::Wire}), ErrorCode::InvalidArgument);
  EXPECT_THAT(message, HasSubstr("The path \"wire\" is not available"));
  EXPECT_FALSE(room.update({.path = media::PathKind::Wire}).ok());
  EXPECT_EQ(room.policy().path, std::nullopt);
  EXPECT_TRUE(room.update({.path = media::PathKind::Pipeline}).ok());
  EXPECT_TRUE(server->create_room("c", {.path = media::PathKind::Pipeline}).ok());
}

TEST_F(ServerTest, KeepsThePathUnlessAPatchNamesIt) {
  Room& room = *server->create_room("a", {.path = media::PathKind::Pipeline}).value();
  ASSERT_TRUE(room.update({.max_participants = 5}).ok());
  EXPECT_EQ(room.policy().path, media::PathKind::Pipeline);
  RoomPatch reset;
  reset.path.emplace(std::nullopt);
  ASSERT_TRUE(room.update(reset).ok());
  EXPECT_EQ(room.policy().path, std::nullopt);
  EXPECT_EQ(room.revision(), 3u);
  ASSERT_TRUE(room.update(reset).ok());
  EXPECT_EQ(room.revision(), 3u) << "no change";
}

TEST_F(ServerTest, GivesTheSelectorItsPartOfThePolicy) {
  const std::string three = R"({"max_speakers":3})";
  Room* room = server->create_room("a", {.plugins = {{"forwarding", three}}}).value();
  EXPECT_THAT(media().settings, ElementsAre(three));
  ASSERT_TRUE(room->update({.plugins = {{"forwarding", "{}"}}}).ok());
  EXPECT_THAT(media().settings, ElementsAre(three, "{}"));
}

TEST_F(ServerTest, ChangesNothingWhenOnePartOfARoomPatchIsBad) {
  Room& room = make_room();
  take_events();
  EXPECT_EQ(room.update({.max_participants = 5, .metadata = "no"}).error().code,
            ErrorCode::InvalidArgument);
  EXPECT_EQ(room.update({.max_participants = 5, .plugins = {{"other", "{}"}}}).error().code,
            ErrorCode::InvalidArgument);
  EXPECT_EQ(room.policy().max_participants, 0u);
  EXPECT_EQ(room.revision(), 1u);
  EXPECT_THAT(media().settings, IsEmpty());
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ServerTest, CountsRevisionsOfRealChanges) {
  Room& room = make_room();
  take_events();
  ASSERT_TRUE(room.update({.max_participants = 5, .metadata = R"({"a":1})"}).ok());
  run();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, "room.updated");
  EXPECT_THAT(events[0].data, AllOf(HasSubstr(R"("max_participants":5)"), HasSubstr(R"({"a":1})")));
  EXPECT_THAT(events[0].data, HasSubstr(R"("media_path":"wire")"));
  ASSERT_TRUE(room.update({.max_participants = 5}).ok());
  EXPECT_EQ(room.revision(), 2u);
}

TEST_F(ServerTest, BoundsARoomByItsPolicyAndItself) {
  start({.max_participants = 3});
  Room& room = *server->create_room("a", {.max_participants = 2}).value();
  EXPECT_EQ(room.max_participants(), 2u);
  join(room, "a");
  join(room, "b");
  EXPECT_EQ(room.join("c", {}).error().code, ErrorCode::Exhausted);
  EXPECT_TRUE(room.join("a", {}).ok()) << "who is there needs no new place";
  ASSERT_TRUE(room.update({.max_participants = 1000}).ok());
  EXPECT_EQ(room.max_participants(), 3u);
  join(room, "c");
  EXPECT_EQ(room.join("d", {}).error().code, ErrorCode::Exhausted);
}

TEST_F(ServerTest, NumbersEventsOfEachRoomWithoutGaps) {
  Room& a = make_room("a");
  Room& b = make_room("b");
  ASSERT_TRUE(a.update({.empty_timeout_s = 1}).ok());
  connect(b, "bob");
  ASSERT_TRUE(server->remove_room("a").ok());
  ASSERT_TRUE(server->remove_room("b").ok());
  make_room("a");
  run();
  std::map<std::string, std::vector<uint64_t>> seqs;
  for (const Event& event : events) seqs[event.room].push_back(event.seq);
  EXPECT_THAT(seqs["a"], ElementsAre(1, 2, 3, 1)) << "the second room of that name begins anew";
  EXPECT_THAT(seqs["b"], ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(ServerTest, HandsEventsToAllHandlersInOrderAndNeverFromWithinACall) {
  std::vector<std::string> heard;
  server->add_event_handler([&](const Event& event) {
    heard.push_back("first " + event.type);
    // A handler that changes rooms must not be called again before the others got this event.
    if (event.type == "room.created") (void)server->remove_room(event.room);
  });
  server->add_event_handler([&](const Event& event) { heard.push_back("second " + event.type); });
  make_room();
  EXPECT_THAT(heard, IsEmpty());
  run();
  EXPECT_THAT(heard, ElementsAre("first room.created", "second room.created", "first room.closed",
                                 "second room.closed"));
}

TEST_F(ServerTest, ClosesARoomThatHasBeenEmptyTooLong) {
  Room& room = *server->create_room("r", {.empty_timeout_s = 5}).value();
  tick(4900);
  ASSERT_TRUE(server->find_room("r"));
  connect(room, "bob");
  tick(60'000);
  ASSERT_TRUE(server->find_room("r")) << "somebody is there";
  ASSERT_TRUE(room.remove("bob", EndReason::Removed).ok());
  tick(4900);
  ASSERT_TRUE(server->find_room("r")) << "the time counts from when the last one left";
  take_events();
  tick(100);
  EXPECT_FALSE(server->find_room("r"));
  EXPECT_THAT(take_events(), ElementsAre("room.closed"));
  EXPECT_FALSE(media().open);
}

TEST_F(ServerTest, KeepsAnEmptyRoomWithoutTimeout) {
  (void)server->create_room("r", {.empty_timeout_s = 0});
  tick(1'000'000'000);
  EXPECT_TRUE(server->find_room("r"));
}

TEST_F(ServerTest, DoesNotAskTheLaneAboutRoomsWithoutSessions) {
  Room& room = make_room();
  join(room, "invited");
  tick();
  EXPECT_EQ(media().polls, 0);
  connect(room, "bob");
  tick();
  EXPECT_EQ(media().polls, 1);
  ASSERT_TRUE(room.remove("bob", EndReason::Left).ok());
  tick();
  EXPECT_EQ(media().polls, 1);
}

TEST_F(ServerTest, TicksByItselfUnlessToldNotTo) {
  server.reset();
  server.emplace(loop, engine, Limits{}, 1);
  connect(make_room(), "bob");
  for (int i = 0; i < 1000 && media().polls == 0; ++i) loop.iterate(true);
  EXPECT_GT(media().polls, 0);
}

TEST_F(ServerTest, StopEndsEverythingAndTellsEverybody) {
  Room& room = make_room();
  FakeSession& bob = connect(room, "bob");
  RecordingSink sink;
  const auto feed = room.watch("bob", sink).value();
  FakeSession& carol = offer(join(room, "carol"));
  answers.clear();
  take_events();

  server->stop();
  EXPECT_EQ(events.back().type, "room.closed") << "delivered without another turn of the loop";
  EXPECT_THAT(take_events(),
              ElementsAre("track.unpublished bob", "participant.left bob", "room.closed"));
  EXPECT_THAT(sink.lines, ElementsAre("snapshot", "closing server_stopping"));
  EXPECT_EQ(bob.closed, 1);
  EXPECT_EQ(carol.closed, 1);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::Unavailable);
  EXPECT_FALSE(media().open);
  EXPECT_EQ(refusal("new"), ErrorCode::Unavailable);
}

TEST_F(ServerTest, RoomRemovalEndsPendingSessions) {
  Room& room = make_room();
  FakeSession& session = offer(join(room, "bob"));
  ASSERT_TRUE(server->remove_room("r").ok());
  EXPECT_THAT(answers, IsEmpty()) << "never from within the call";
  session.answer();
  session.end(media::SessionEnd::MediaError);
  run();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::NotFound);
  EXPECT_EQ(session.closed, 1);
  EXPECT_THAT(take_events(), ElementsAre("room.created", "room.closed"));
  EXPECT_EQ(server->remove_room("r").error().code, ErrorCode::NotFound);
}

TEST_F(ServerTest, AnswersOfTheLaneMayComeAfterTheRoom) {
  Room& room = make_room();
  connect(room, "bob");
  server->tick(now_ns);
  ASSERT_TRUE(server->remove_room("r").ok());
  media().poll({});
  run();
  media().poll({});
  server.reset();
  media().poll({});
}

TEST_F(ServerTest, AClosedRoomTakesNobody) {
  Room& room = make_room();
  ASSERT_TRUE(server->remove_room("r").ok());
  EXPECT_EQ(room.join("bob", {}).error().code, ErrorCode::Unavailable);
}

TEST(ServerLifetime, MayEndWithWorkPosted) {
  glib::ControlLoop loop;
  FakeEngine engine;
  int answered = 0;
  {
    Server server(loop, engine, {}, 0);
    Room& room = *server.create_room("r", {}).value();
    room.join("bob", {}).value()->open_session("TS", [&](const auto&) { ++answered; });
  }
  engine.rooms.back()->newest().answer();
  while (loop.iterate()) {
  }
  EXPECT_EQ(answered, 1);
  EXPECT_FALSE(engine.rooms.back()->open);
}

}  // namespace
}  // namespace veche::room
