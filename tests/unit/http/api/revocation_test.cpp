// SPDX-License-Identifier: Apache-2.0
// Tests of what tokens no longer give after a removal, a change of permissions or the end of a
// room, and of the rooms that they make.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"

namespace veche::http {
namespace {

class HttpRevocation : public HttpTest {
 protected:
  Answer remove(const std::string& query = "", const std::string& headers = "") {
    return call({.method = "DELETE", .path = kAnn + query, .headers = headers});
  }
  Answer ask(const std::string& credential, const std::string& tail = "",
             const std::string& method = "GET") {
    return call({.method = method, .path = kAnn + tail, .key = credential});
  }
  std::string invite(const std::string& body = R"({"id":"ann"})") {
    const Answer invited = json("POST", "/v1/rooms/blue/participants", body);
    EXPECT_EQ(invited.status, 201) << invited.body;
    return token_in(invited);
  }
  static void expect_problem(const Answer& answer, const std::string& type) {
    EXPECT_EQ(answer.status, 403) << answer.body;
    EXPECT_NE(answer.body.find("\"type\":\"/problems/" + type + "\""), std::string::npos)
        << answer.body;
  }
  void restart(const room::Limits& limits) {
    server = nullptr;
    rooms = std::make_unique<room::Server>(loop, engine, limits, 0);
    start({});
  }

  static inline const std::string kAnn = "/v1/rooms/blue/participants/ann";
};

TEST_F(HttpRevocation, ARemovedParticipantStaysOutWithItsOldTokens) {
  const std::string minted = invite(), own = token_of({.room = "blue", .participant = "ann"}),
                    of_bob = token_of({.room = "blue", .participant = "bob"});
  EXPECT_EQ(offer_with(minted).status, 201);
  EXPECT_EQ(remove("?reason=spam").status, 204);
  for (const std::string& token : {minted, own}) {
    expect_problem(offer_with(token), "participant-removed");
    for (const char* tail : {"", "/stats", "/trace", "/events"}) {
      expect_problem(ask(token, tail), "participant-removed");
    }
    expect_problem(ask(token, "/session/x", "DELETE"), "participant-removed");
  }
  EXPECT_EQ(offer_with(of_bob, "blue", "bob").status, 201) << "others are not affected";
  EXPECT_EQ(offer_with("dev.devsecret").status, 201) << "a backend may do as it likes";
}

TEST_F(HttpRevocation, ANewInvitationLetsItsTokenInAndNoOlderOne) {
  const std::string old = invite();
  remove();
  const std::string fresh = invite();
  expect_problem(offer_with(old), "participant-removed");
  EXPECT_EQ(offer_with(fresh).status, 201);
  expect_problem(offer_with(old), "participant-removed");
}

TEST_F(HttpRevocation, ATokenThatIsIssuedLaterIsGoodWithoutAnInvitation) {
  invite();
  remove();
  ASSERT_EQ(rooms->revocations().size(), 1u);
  EXPECT_EQ(
      offer_with(token_of({.room = "blue", .participant = "ann", .issued_ms = unix_ms() + 1000}))
          .status,
      201);
}

TEST_F(HttpRevocation, ARemovalMayAllowTheReturn) {
  const std::string token = invite();
  EXPECT_EQ(remove("?allow_rejoin=maybe").status, 400);
  EXPECT_EQ(remove("?allow_rejoin=true").status, 204);
  EXPECT_EQ(offer_with(token).status, 201);
  EXPECT_EQ(remove("?allow_rejoin=false").status, 204);
  expect_problem(offer_with(token), "participant-removed");
}

TEST_F(HttpRevocation, ARemovalReachesAParticipantThatHasJustLeft) {
  const std::string token = token_of({.room = "blue", .participant = "ann"});
  EXPECT_EQ(remove("", "If-Match: *\r\n").status, 404);
  ASSERT_EQ(offer_with(token).status, 201) << "the condition did not hold";
  const std::string session = rooms->find_room("blue")->find("ann")->session_name();
  EXPECT_EQ(ask(token, "/session/" + session, "DELETE").status, 204);
  EXPECT_EQ(remove().status, 404);
  expect_problem(offer_with(token), "participant-removed");
}

TEST_F(HttpRevocation, ARemovalCountsWhileABodyIsStillComing) {
  connect("ann");
  RawClient slow(loop, url());
  slow.send(
      "POST " + kAnn +
      "/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/sdp\r\n" +
      "Authorization: Bearer " + token_of({.room = "blue", .participant = "ann"}) +
      "\r\nContent-Length: 3\r\n\r\nT");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get("/healthz").status, 200) << "the headers have come";
  EXPECT_EQ(remove().status, 204);
  slow.send("SS");
  slow.receive_all();
  expect_problem(parse_answer(slow.received), "participant-removed");
}

TEST_F(HttpRevocation, ChangedPermissionsOutliveTheParticipant) {
  const std::string old = token_of({.room = "blue", .participant = "ann"});
  EXPECT_EQ(offer_with(old).status, 201);
  EXPECT_EQ(json("PATCH", kAnn, R"({"permissions":{"publish":[]}})").status, 200);
  EXPECT_EQ(ask(old).status, 200);
  ASSERT_EQ(offer_with(old).status, 201) << "a client in the room reconnects";
  EXPECT_FALSE(newest_session().request.publish_audio) << "with the permissions of now";

  const std::string session = rooms->find_room("blue")->find("ann")->session_name();
  EXPECT_EQ(ask(old, "/session/" + session, "DELETE").status, 204);
  expect_problem(offer_with(old), "token-outdated");
  expect_problem(ask(old, "/trace"), "token-outdated");
  EXPECT_EQ(offer_with(invite(R"({"id":"ann","permissions":{"publish":[]}})")).status, 201);
  EXPECT_FALSE(newest_session().request.publish_audio);
}

TEST_F(HttpRevocation, OtherChangesRevokeNothing) {
  const std::string token = token_of({.room = "blue", .participant = "ann"});
  offer_with(token);
  json("PATCH", kAnn, R"({"muted":true,"name":"Ann","permissions":{"publish":["audio","video"]}})");
  EXPECT_EQ(rooms->revocations().size(), 0u);
}

TEST_F(HttpRevocation, ADeletedRoomStaysDeletedForOlderTokens) {
  const std::string token = token_of({.room = "blue", .participant = "ann", .create_room = true});
  EXPECT_EQ(offer_with(token).status, 201);
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/rooms/blue"}).status, 204);
  expect_problem(offer_with(token), "room-deleted");
  EXPECT_EQ(rooms->find_room("blue"), nullptr);
  json("PUT", "/v1/rooms/blue", "{}");
  expect_problem(offer_with(token), "room-deleted");
  EXPECT_EQ(offer_with(invite()).status, 201);
  EXPECT_EQ(offer_with(token_of({.room = "red", .participant = "ann"}), "red").status, 201);
}

TEST_F(HttpRevocation, ARoomThatHasJustEndedIsDeletedToo) {
  const std::string token = token_of({.room = "blue", .participant = "ann"});
  EXPECT_EQ(
      call({.method = "DELETE", .path = "/v1/rooms/blue", .headers = "If-Match: *\r\n"}).status,
      404);
  EXPECT_EQ(rooms->revocations().size(), 0u);
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/rooms/blue"}).status, 404);
  expect_problem(offer_with(token), "room-deleted");
}

TEST_F(HttpRevocation, ARoomThatEndsByItselfMayBeMadeAgain) {
  const std::string token = token_of({.room = "blue", .participant = "ann"});
  EXPECT_EQ(offer_with(token).status, 201);
  EXPECT_TRUE(rooms->remove_room("blue").ok());
  EXPECT_EQ(offer_with(token).status, 201);
}

TEST_F(HttpRevocation, TokensMakeRoomsWithTheClaimOrWhereAllDo) {
  restart({.auto_create = false});
  const JoinToken plain{.room = "blue", .participant = "ann"};
  EXPECT_EQ(offer_with(token_of(plain)).status, 404);
  EXPECT_EQ(offer_with("dev.devsecret").status, 404);
  JoinToken creating = plain;
  creating.create_room = true;
  EXPECT_EQ(offer_with(token_of(creating)).status, 201);
  EXPECT_EQ(offer_with(token_of(plain)).status, 201) << "the room is there";

  EXPECT_EQ(json("POST", "/v1/rooms/red/participants", R"({"id":"ann"})").status, 404);
  const Answer invited =
      json("POST", "/v1/rooms/red/participants", R"({"id":"ann","create_room":true})");
  EXPECT_EQ(invited.status, 201);
  EXPECT_TRUE(rooms->remove_room("red").ok());
  EXPECT_EQ(offer_with(token_in(invited), "red").status, 201);
}

TEST_F(HttpRevocation, TheCredentialMayFollowSeveralSpaces) {
  Call call{
      .path = "/v1/rooms", .key = "", .headers = "Authorization: Bearer    dev.devsecret\r\n"};
  EXPECT_EQ(this->call(call).status, 200);
}

}  // namespace
}  // namespace veche::http
