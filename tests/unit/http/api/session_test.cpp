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
  const int64_t before_s = unix_ms() / 1000;
  const Answer own = ask("ann", token_of({.room = "nowhere", .participant = "ann"}));
  EXPECT_EQ(own.status, 200) << "a client asks with its join token";
  const size_t username = own.body.find(R"("username":")") + 12;
  EXPECT_GE(std::stoll(own.body.substr(username)), before_s + kTurnLifetimeS);
  EXPECT_EQ(ask("bob", token_of({.room = "nowhere", .participant = "ann"})).status, 403);
  EXPECT_EQ(ask("ann", "eye.eyesecret").status, 403) << "credentials are no state to read";
  EXPECT_EQ(ask("a%22nn", "back.backsecret").status, 400);
}

/// RFC 9725 section 4.3.
class HttpIce : public HttpSession {
 protected:
  static constexpr const char* kFragment =
      "a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n";
  static constexpr const char* kCandidate =
      "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
      "a=candidate:1 1 udp 100 192.0.2.1 4000 typ host\r\n";

  void SetUp() override {
    start({});
    const auto client = post_offer("ann");
    newest_session().answer();
    client->receive_all();
    const Answer answer = parse_answer(client->received);
    location_ = answer.header("location");
    tag_ = answer.header("etag");
  }
  Call request(const std::string& fragment, const std::string& if_match) const {
    Call call{.method = "PATCH",
              .path = location_,
              .body = fragment,
              .content_type = "application/trickle-ice-sdpfrag"};
    if (!if_match.empty()) call.headers = "If-Match: " + if_match + "\r\n";
    return call;
  }
  Answer patch(const std::string& fragment, const std::string& if_match) {
    return call(request(fragment, if_match));
  }
  /// Restarts, and answers for the media layer.
  Answer restart(const std::string& if_match, const Result<std::string>& answer) {
    RawClient client(loop, url());
    client.send(text_of(request(kFragment, if_match)));
    const size_t before = newest_session().restarts.size();
    EXPECT_TRUE(run_until([&] { return newest_session().restarts.size() > before; }));
    EXPECT_EQ(newest_session().restarts.back().first, "ysXw");
    newest_session().restarts.back().second(answer);
    client.receive_all();
    return parse_answer(client.received);
  }

  std::string location_, tag_;
};

TEST_F(HttpIce, TakesCandidatesOfTheCurrentGeneration) {
  EXPECT_NE(tag_, "");
  EXPECT_EQ(patch(kCandidate, tag_).status, 204);
  EXPECT_EQ(patch(kCandidate, "").status, 428);
  EXPECT_EQ(patch(kCandidate, "\"another\"").status, 412);
  EXPECT_EQ(patch("no fragment", tag_).status, 400);
  EXPECT_TRUE(newest_session().restarts.empty());
}

TEST_F(HttpIce, EndsWhateverTheEntityTag) {
  const std::string outdated = "If-Match: \"0\"\r\n";
  EXPECT_EQ(call({.method = "DELETE", .path = location_, .headers = outdated}).status, 204);
}

TEST_F(HttpIce, RestartsWithNewCredentials) {
  const Answer restarted = restart("*", std::string("a=ice-ufrag:server\r\n"));
  EXPECT_EQ(restarted.status, 200);
  EXPECT_EQ(restarted.header("content-type"), "application/trickle-ice-sdpfrag");
  EXPECT_EQ(restarted.body, "a=ice-ufrag:server\r\n");
  const std::string tag = restarted.header("etag");
  EXPECT_NE(tag, "");
  EXPECT_NE(tag, tag_);
  EXPECT_EQ(patch(kCandidate, tag_).status, 412) << "of the generation before";
  EXPECT_EQ(patch(std::string(kFragment) + kCandidate, tag).status, 204)
      << "the same credentials are no restart";
  EXPECT_EQ(newest_session().restarts.size(), 1u);
}

TEST_F(HttpIce, SaysWhyItCannotRestart) {
  const Answer cannot = restart("*", Error{ErrorCode::Unsupported, "the pipeline path has none"});
  EXPECT_EQ(cannot.status, 422);
  EXPECT_NE(cannot.body.find("the pipeline path has none"), std::string::npos);
  EXPECT_EQ(restart("*", Error{ErrorCode::Conflict, "it ends"}).status, 409);
  EXPECT_EQ(patch(kFragment, "").status, 428);
  location_ += "x";
  EXPECT_EQ(patch(kFragment, "*").status, 404);
}

TEST_F(HttpIce, RestartsNothingThatWasReplacedMeanwhile) {
  RawClient client(loop, url());
  client.send(text_of(request(kFragment, "*")));
  room::FakeSession& former = newest_session();
  EXPECT_TRUE(run_until([&] { return !former.restarts.empty(); }));
  const auto done = former.restarts.back().second;
  post_offer("ann");
  done(std::string("a=ice-ufrag:server\r\n"));
  client.receive_all();
  EXPECT_EQ(parse_answer(client.received).status, 404);
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
