// SPDX-License-Identifier: Apache-2.0
// Tests of the session over HTTP: the delayed answer, and clients and servers that go away before
// it.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"

namespace veche::http {
namespace {

class HttpSession : public HttpTest {
 protected:
  const std::string path_ = "/v1/rooms/blue/participants/ann/session";
};

TEST_F(HttpSession, AnswersWhenTheMediaLayerDoes) {
  Settings settings;
  settings.ice_servers = {{{"stun:s.example"}, ""}, {{"turn:t.example"}, "north"}};
  start(settings);
  const auto client = post_offer("ann");
  run();
  client->receive();
  EXPECT_EQ(client->received, "") << "it waits";
  EXPECT_EQ(get("/healthz").status, 200) << "others do not";

  newest_session().answer(std::string("v=0 the answer"));
  client->receive_all();
  const Answer answer = parse_answer(client->received);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("content-type"), "application/sdp");
  EXPECT_EQ(answer.body, "v=0 the answer");
  EXPECT_EQ(answer.header("location").rfind(path_ + "/", 0), 0u);
  EXPECT_NE(answer.header("link").find("<stun:s.example>; rel=\"ice-server\"\n<turn:t.example>"),
            std::string::npos);

  const std::string location = answer.header("location");
  const Answer trickle = call({.method = "PATCH",
                               .path = location,
                               .body = "a=candidate:1",
                               .content_type = "application/trickle-ice-sdpfrag"});
  EXPECT_EQ(trickle.status, 405);
  EXPECT_NE(trickle.body.find("all of them in the offer"), std::string::npos);
  EXPECT_EQ(call({.method = "DELETE", .path = path_ + "/another"}).status, 404);
  EXPECT_EQ(call({.method = "DELETE", .path = location}).status, 204);
  EXPECT_EQ(call({.method = "DELETE", .path = location}).status, 404);
  EXPECT_EQ(newest_session().closed, 1);
}

TEST_F(HttpSession, TellsAClientItsIceServersBeforeItsOffer) {
  Settings settings;
  settings.ice_servers = {{{"turn:t.example"}, "north"}};
  start(settings);
  const auto ask = [&](const std::string& participant, const std::string& key) {
    return call(
        {.path = "/v1/rooms/nowhere/participants/" + participant + "/ice-servers", .key = key});
  };
  const Answer answer = ask("ann", "back.backsecret");
  EXPECT_EQ(answer.status, 200) << "neither the room nor the participant need exist";
  EXPECT_NE(answer.body.find(R"({"ice_servers":[{"urls":["turn:t.example"],"username":")"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find(R"(:ann","credential":")"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(ask("ann", "eye.eyesecret").status, 403) << "credentials are no state to read";
  EXPECT_EQ(ask("a%22nn", "back.backsecret").status, 400);
}

TEST_F(HttpSession, TakesTheSettingsOfTheJoinToken) {
  const Answer invited =
      json("POST", "/v1/rooms/red/participants",
           R"({"id":"ann","name":"Ann","permissions":{"publish":[]},"slots":{"audio":2}})");
  const std::string token = token_in(invited);
  EXPECT_EQ(
      call({.method = "DELETE", .path = "/v1/rooms/red/participants/ann?allow_rejoin=true"}).status,
      204);
  const Answer other = call({.method = "POST",
                             .path = path_,
                             .body = "TSS",
                             .content_type = "application/sdp",
                             .key = token});
  EXPECT_EQ(other.status, 403) << "another room";

  RawClient client(loop, url());
  client.send(text_of({.method = "POST",
                       .path = "/v1/rooms/red/participants/ann/session",
                       .body = "TSS",
                       .content_type = "application/sdp",
                       .key = token}));
  ASSERT_TRUE(
      run_until([&] { return !engine.rooms.empty() && !engine.rooms.back()->sessions.empty(); }));
  EXPECT_FALSE(newest_session().request.publish_audio);
  const room::Participant* ann = rooms->find_room("red")->find("ann");
  EXPECT_EQ(ann->name(), "Ann");
  EXPECT_EQ(ann->settings().max_audio_slots, 2u);
}

TEST_F(HttpSession, TakesThePathOfItsRoom) {
  post_offer("ann");
  EXPECT_EQ(newest_session().request.path, std::nullopt) << "the server's";
  json("PATCH", "/v1/rooms/blue", R"({"media_path":"pipeline"})");
  post_offer("ann");
  EXPECT_EQ(newest_session().request.path, media::PathKind::Pipeline);
}

TEST_F(HttpSession, SaysWhatIsWrongWithAnOffer) {
  const Answer refused = call(
      {.method = "POST", .path = path_, .body = "no offer", .content_type = "application/sdp"});
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("outside the profile"), std::string::npos);
  EXPECT_EQ(
      call({.method = "POST", .path = path_, .body = "TSS", .content_type = "application/json"})
          .status,
      415);
}

TEST_F(HttpSession, NeedsARoomUnlessRoomsMakeThemselves) {
  server = nullptr;
  rooms = std::make_unique<room::Server>(loop, engine, room::Limits{.auto_create = false}, 0);
  start({});
  EXPECT_EQ(
      call({.method = "POST", .path = path_, .body = "TSS", .content_type = "application/sdp"})
          .status,
      404);
}

TEST_F(HttpSession, TellsTheOldRequestThatItWasReplaced) {
  const auto first = post_offer("ann");
  const auto second = post_offer("ann");
  first->receive_all();
  EXPECT_EQ(parse_answer(first->received).status, 409);
  newest_session().answer();
  second->receive_all();
  EXPECT_EQ(parse_answer(second->received).status, 201);
}

TEST_F(HttpSession, OutlivesAClientThatDoesNotWait) {
  for (const bool reset : {false, true}) {
    post_offer("ann")->close(reset);
    run();
    newest_session().answer();
    run();
    EXPECT_EQ(get("/healthz").status, 200);
  }
}

TEST_F(HttpSession, OutlivesAServerThatDoesNotWait) {
  const auto client = post_offer("ann");
  server = nullptr;
  newest_session().answer();
  run();
  client->receive_all();
  EXPECT_EQ(client->received, "");
}

TEST_F(HttpSession, AnswersWhenTheParticipantIsRemovedMeanwhile) {
  const auto client = post_offer("ann");
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/rooms/blue/participants/ann"}).status, 204);
  client->receive_all();
  EXPECT_EQ(parse_answer(client->received).status, 404);
}

TEST_F(HttpSession, DoesNotWaitForEver) {
  Settings settings;
  settings.deadlines.answer_ms = 50;
  start(settings);
  const auto client = post_offer("ann");
  client->receive_all();
  EXPECT_EQ(parse_answer(client->received).status, 503);
  newest_session().answer();
  run();
}

}  // namespace
}  // namespace veche::http
