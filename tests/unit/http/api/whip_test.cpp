// SPDX-License-Identifier: Apache-2.0
// Tests of WHIP and WHEP: what standard clients send, and what they stumble over.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"

namespace veche::http {
namespace {

using sdp::SectionUse;

class HttpWhip : public HttpTest {
 protected:
  static std::string ann(room::Permissions permissions = {}, const std::string& room = "blue") {
    JoinToken token{.room = room, .participant = "ann"};
    token.settings.name = "Ann";
    token.settings.permissions = permissions;
    return token_of(token);
  }
  static Call offer(const std::string& path, const std::string& credential) {
    return {.method = "POST",
            .path = path,
            .body = "TSS",
            .content_type = "application/sdp",
            .key = credential};
  }
  size_t sessions() const {
    size_t count = 0;
    for (const auto& each : engine.rooms) count += each->sessions.size();
    return count;
  }
  /// If the offer is taken, the session connects.
  Answer post(const Call& call) {
    const size_t before = sessions();
    RawClient client(loop, url());
    client.send(text_of(call));
    client.receive_until([&] { return sessions() > before; });
    if (sessions() > before) {
      newest_session().answer(std::string("v=0 the answer"));
      newest_session().connect();
      client.receive_all();
    }
    return parse_answer(client.received);
  }
  Answer post(const std::string& path, const std::string& credential) {
    return post(offer(path, credential));
  }
  Answer end(const std::string& location, const std::string& credential,
             const std::string& headers = "") {
    return call({.method = "DELETE", .path = location, .key = credential, .headers = headers});
  }
  /// What the last session's sections are used for.
  std::vector<SectionUse> uses() {
    std::vector<SectionUse> uses;
    for (const auto& section : newest_session().request.plan.sections) uses.push_back(section.use);
    return uses;
  }
  room::Participant* find(const std::string& participant) {
    room::Room* room = rooms->find_room("blue");
    return room ? room->find(participant) : nullptr;
  }
};

TEST_F(HttpWhip, PublishesAsTheTokensParticipantAndReceivesNothing) {
  Settings settings;
  settings.ice_servers = {{{"stun:s.example"}, ""}};
  start(settings);
  const Answer answer = post("/whip/blue", ann());
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("content-type"), "application/sdp");
  EXPECT_EQ(answer.body, "v=0 the answer");
  EXPECT_EQ(answer.header("link"), "<stun:s.example>; rel=\"ice-server\"");
  EXPECT_EQ(answer.header("accept-patch"), "application/trickle-ice-sdpfrag");
  EXPECT_EQ(answer.header("etag").substr(0, 1), "\"");
  ASSERT_NE(find("ann"), nullptr);
  EXPECT_EQ(answer.header("location"), "/whip/blue/" + find("ann")->session_name());
  EXPECT_EQ(uses(), (std::vector{SectionUse::Track, SectionUse::Refused, SectionUse::Refused}));
  const Answer shown = get("/v1/rooms/blue/participants/ann");
  EXPECT_NE(shown.body.find(R"("name":"Ann")"), std::string::npos) << shown.body;
  EXPECT_NE(shown.body.find(R"("state":"connected")"), std::string::npos) << shown.body;
}

TEST_F(HttpWhip, ListensAndPublishesNothing) {
  const Answer answer = post("/whep/blue", ann());
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("location"), "/whep/blue/" + find("ann")->session_name());
  EXPECT_EQ(uses(), (std::vector{SectionUse::Refused, SectionUse::Slot, SectionUse::Slot}));
}

TEST_F(HttpWhip, LetsABackendNameTheParticipantOrMakesAName) {
  EXPECT_EQ(post("/whip/blue?participant=cam", "back.backsecret").status, 201);
  EXPECT_NE(find("cam"), nullptr);
  EXPECT_EQ(post("/whep/blue", "back.backsecret").status, 201);
  EXPECT_EQ(post("/whep/blue", "back.backsecret").status, 201) << "another one";
  EXPECT_EQ(rooms->find_room("blue")->participants().size(), 3u);
  EXPECT_EQ(post("/whip/blue?participant=a%20b", "back.backsecret").status, 400);
  EXPECT_EQ(post("/whip/blue?participant=cam", ann()).status, 201);
  EXPECT_NE(find("ann"), nullptr) << "a token has its own";
}

TEST_F(HttpWhip, RefusesCallersThatMayNotEnterTheRoom) {
  const Answer nobody = post("/whip/blue", "");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_NE(nobody.header("www-authenticate").find("Bearer"), std::string::npos);
  EXPECT_EQ(post("/whip/blue", ann({}, "red")).status, 403);
  EXPECT_EQ(post("/whep/blue", "eye.eyesecret").status, 403);
  EXPECT_EQ(post("/whip/a%20b", ann()).status, 400);
  EXPECT_EQ(sessions(), 0u);
}

TEST_F(HttpWhip, TellsAClientAtOnceThatItMayNotDoWhatItIsFor) {
  const Answer mute = post("/whip/blue", ann({.publish_audio = false}));
  EXPECT_EQ(mute.status, 403);
  EXPECT_NE(mute.body.find("may not publish audio"), std::string::npos) << mute.body;
  EXPECT_EQ(post("/whep/blue", ann({.publish_audio = false})).status, 201);
  json("PATCH", "/v1/rooms/blue/participants/ann", R"({"permissions":{"subscribe":false}})");
  const Answer deaf = post("/whep/blue", ann());
  EXPECT_EQ(deaf.status, 403);
  EXPECT_NE(deaf.body.find("may not listen"), std::string::npos) << deaf.body;
}

TEST_F(HttpWhip, RefusesAnOfferWithNothingForTheProtocol) {
  Call slots = offer("/whip/blue", ann());
  slots.body = "SS";
  EXPECT_EQ(post(slots).status, 400);
  Call track = offer("/whep/blue", ann());
  track.body = "T";
  EXPECT_EQ(post(track).status, 400);
}

TEST_F(HttpWhip, EndsTheSessionAtOnceWhateverTheEntityTag) {
  const std::string location = post("/whip/blue", ann()).header("location");
  JoinToken bob{.room = "blue", .participant = "bob"};
  EXPECT_EQ(end(location, token_of(bob)).status, 404) << "another participant's";
  EXPECT_EQ(end("/whep" + location.substr(5), ann()).status, 404) << "another protocol's";
  EXPECT_EQ(end(location, "").status, 401);
  EXPECT_EQ(end(location + "x", ann()).status, 404);
  EXPECT_EQ(newest_session().closed, 0);

  const Answer ended = end(location, ann(), "If-Match: \"of another session\"\r\n");
  EXPECT_EQ(ended.status, 200);
  EXPECT_EQ(ended.body, "");
  EXPECT_EQ(newest_session().closed, 1);
  EXPECT_EQ(find("ann"), nullptr);
  EXPECT_EQ(end(location, ann()).status, 404);
}

TEST_F(HttpWhip, LetsABackendEndASessionThatItKnowsByItsLocation) {
  const std::string location = post("/whep/blue", ann()).header("location");
  EXPECT_EQ(end(location, "back.backsecret").status, 200);
  EXPECT_EQ(find("ann"), nullptr);
}

TEST_F(HttpWhip, ReplacesTheSessionOfTheSameParticipant) {
  const std::string first = post("/whip/blue", ann()).header("location");
  room::FakeSession& former = newest_session();
  const std::string second = post("/whep/blue", ann()).header("location");
  EXPECT_EQ(former.closed, 1);
  EXPECT_EQ(end(first, ann()).status, 404);
  EXPECT_EQ(end(second, ann()).status, 200);
}

TEST_F(HttpWhip, TakesFragmentsOfIce) {
  const auto patch = [&](const std::string& location, const std::string& fragment,
                         const std::string& if_match) {
    return call({.method = "PATCH",
                 .path = location,
                 .body = fragment,
                 .content_type = "application/trickle-ice-sdpfrag",
                 .key = ann(),
                 .headers = if_match.empty() ? "" : "If-Match: " + if_match + "\r\n"});
  };
  const std::string candidates =
      "a=ice-ufrag:offered\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=end-of-candidates\r\n";
  const Answer published = post("/whip/blue", ann());
  const std::string location = published.header("location");
  EXPECT_EQ(patch(location, candidates, published.header("etag")).status, 204);
  EXPECT_EQ(patch(location, candidates, "\"another\"").status, 412);
  EXPECT_EQ(patch(location, candidates, "").status, 428) << "RFC 9725";

  const std::string player = post("/whep/blue", ann()).header("location");
  EXPECT_EQ(patch(player, candidates, "").status, 204) << "players leave it out";
  EXPECT_EQ(patch(player, "a=ice-ufrag:other\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n", "").status,
            428)
      << "a restart";
  EXPECT_EQ(patch(location, candidates, "*").status, 404) << "it was replaced";
}

TEST_F(HttpWhip, AnswersGetWithNothing) {
  const std::string location = post("/whip/blue", ann()).header("location");
  for (const char* method : {"GET", "HEAD"}) {
    for (const std::string& path :
         {std::string("/whip/blue"), std::string("/whep/green"), location}) {
      const std::string credential = path == "/whep/green" ? ann({}, "green") : ann();
      const Answer answer = call({.method = method, .path = path, .key = credential});
      EXPECT_EQ(answer.status, 204) << method << " " << path;
      EXPECT_EQ(answer.body, "");
    }
  }
  EXPECT_EQ(call({.path = location + "x", .key = ann()}).status, 404);
  EXPECT_EQ(call({.path = "/whip/blue", .key = ""}).status, 401);
  const Answer put = call({.method = "PUT", .path = "/whip/blue", .key = ann()});
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.header("allow"), "POST, GET, HEAD, OPTIONS");
}

TEST_F(HttpWhip, SaysWhatItTakesWithoutACredential) {
  for (const char* path :
       {"/whip/blue", "/whep/blue", "/whip/blue/", "/v1/rooms/blue/participants/ann/session"}) {
    const Answer answer = call({.method = "OPTIONS", .path = path, .key = ""});
    EXPECT_EQ(answer.status, 204) << path;
    EXPECT_EQ(answer.header("accept-post"), "application/sdp") << path;
    EXPECT_EQ(answer.header("accept-patch"), "") << path;
  }
  const Answer session = call({.method = "OPTIONS", .path = "/whip/blue/any", .key = ""});
  EXPECT_EQ(session.header("accept-patch"), "application/trickle-ice-sdpfrag");
  EXPECT_EQ(session.header("allow"), "GET, HEAD, PATCH, DELETE, OPTIONS");
}

TEST_F(HttpWhip, LetsPagesOfOtherOriginsReadWhatTheyNeed) {
  Settings settings;
  settings.cors_origins = {"https://app.example"};
  start(settings);
  const std::string origin = "Origin: https://app.example\r\n";
  const Answer preflight = call({.method = "OPTIONS",
                                 .path = "/whip/blue/any",
                                 .key = "",
                                 .headers = origin + "Access-Control-Request-Method: PATCH\r\n"});
  for (const char* method : {"PATCH", "DELETE"}) {
    EXPECT_NE(preflight.header("access-control-allow-methods").find(method), std::string::npos);
  }
  for (const char* field : {"Authorization", "Content-Type", "If-Match"}) {
    EXPECT_NE(preflight.header("access-control-allow-headers").find(field), std::string::npos);
  }
  Call call = offer("/whip/blue", ann());
  call.headers = origin;
  const Answer answer = post(call);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("access-control-allow-origin"), "https://app.example");
  for (const char* field : {"Accept-Patch", "Accept-Post", "ETag", "Link", "Location"}) {
    EXPECT_NE(answer.header("access-control-expose-headers").find(field), std::string::npos)
        << field;
  }
}

TEST_F(HttpWhip, TakesWhatPeopleTypeAndClientsAdd) {
  Call slash = offer("/whip/blue/", ann());
  slash.content_type = "application/sdp; charset=utf-8";
  const Answer answer = post(slash);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.header("location"), "/whip/blue/" + find("ann")->session_name());
  Call text = offer("/whip/blue", ann());
  text.content_type = "text/plain";
  EXPECT_EQ(post(text).status, 415);
  EXPECT_EQ(post("/whip/blue//", ann()).status, 404);
}

TEST_F(HttpWhip, CountsOffersOfAParticipantOnAllItsPathsTogether) {
  Settings settings;
  settings.limits.offers = {2, 1};
  settings.clock = [] { return int64_t{1}; };
  start(settings);
  EXPECT_EQ(post("/whip/blue", ann()).status, 201);
  EXPECT_EQ(post("/v1/rooms/blue/participants/ann/session", ann()).status, 201);
  EXPECT_EQ(post("/whep/blue", ann()).status, 429);
  EXPECT_EQ(post("/whep/blue?participant=ann", "back.backsecret").status, 429);
  EXPECT_EQ(post("/whep/blue", "back.backsecret").status, 201) << "a participant of its own";
}

TEST_F(HttpWhip, EndsWithTheParticipantAndItsTokens) {
  EXPECT_EQ(post("/whip/blue", ann()).status, 201);
  const std::string token = ann();
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/rooms/blue/participants/ann"}).status, 204);
  EXPECT_EQ(newest_session().closed, 1);
  const Answer again = post("/whip/blue", token);
  EXPECT_EQ(again.status, 403);
  EXPECT_NE(again.body.find("participant-removed"), std::string::npos) << again.body;
  rooms->drain(300, false);
  const Answer draining = post("/whip/blue?participant=bob", "back.backsecret");
  EXPECT_EQ(draining.status, 503);
  EXPECT_EQ(draining.header("retry-after"), "5");
}

}  // namespace
}  // namespace veche::http
