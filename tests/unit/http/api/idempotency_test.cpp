// SPDX-License-Identifier: Apache-2.0
// Requests with an Idempotency-Key over HTTP: what is done once, repeated, refused, and done again.
#include "http/protocol/idempotency.hpp"

#include <gtest/gtest.h>

#include "../http_fixture.hpp"
#include "http/api/kept_answer.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

std::string key_header(const std::string& key) { return "Idempotency-Key: " + key + "\r\n"; }

class HttpIdempotency : public HttpTest {
 protected:
  Answer invite(const std::string& key, const std::string& body = "{}") {
    return json("POST", participants_, body, key_header(key));
  }
  size_t participants() { return rooms->find_room("blue")->participants().size(); }
  const std::string participants_ = "/v1/rooms/blue/participants";
};

TEST_F(HttpIdempotency, AnInvitationIsMadeOnceAndAnsweredAgain) {
  const Answer first = invite("\"k1\"");
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.header("idempotency-replayed"), "");
  const Answer again = invite("\"k1\"");
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body) << "the same name and token";
  EXPECT_EQ(again.header("location"), first.header("location"));
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  EXPECT_EQ(invite("k1").body, first.body) << "quotes or not";
  EXPECT_EQ(participants(), 1u);
  EXPECT_NE(invite("k2").body, first.body);
  EXPECT_EQ(participants(), 2u);
}

TEST_F(HttpIdempotency, AnotherBodyPathOrCallerIsAnotherRequest) {
  ASSERT_EQ(invite("k", R"({"id":"ann"})").status, 201);
  const Answer body = invite("k", R"({"id":"bob"})");
  EXPECT_EQ(body.status, 422);
  EXPECT_EQ(at(body.body, {"type"}), R"("/problems/idempotency-key-reused")");
  EXPECT_EQ(json("POST", "/v1/rooms/red/participants", R"({"id":"ann"})", key_header("k")).status,
            422);
  EXPECT_EQ(rooms->find_room("red"), nullptr);
  EXPECT_EQ(call({.method = "POST",
                  .path = participants_,
                  .body = R"({"id":"bob"})",
                  .content_type = "application/json",
                  .key = "back.backsecret",
                  .headers = key_header("k")})
                .status,
            201);
}

TEST_F(HttpIdempotency, ARefusedRequestMayBeSentAgain) {
  json("PUT", "/v1/rooms/blue", R"({"max_participants":1})");
  ASSERT_EQ(json("POST", participants_, R"({"id":"ann"})").status, 201);
  EXPECT_EQ(invite("k", R"({"id":"bob"})").status, 503);
  call({.method = "DELETE", .path = participants_ + "/ann"});
  EXPECT_EQ(invite("k", R"({"id":"bob"})").status, 201);
  EXPECT_EQ(invite("bad", "[]").status, 400);
  EXPECT_EQ(invite("bad", R"({"id":"bob"})").status, 201);
}

TEST_F(HttpIdempotency, AnOfferInProgressIsNotMadeTwice) {
  const Call offer{.method = "POST",
                   .path = participants_ + "/ann/session",
                   .body = "TSS",
                   .content_type = "application/sdp",
                   .headers = key_header("k")};
  RawClient first(loop, url());
  first.send(text_of(offer));
  first.receive_until([&] { return !engine.rooms.empty() && !engine.rooms[0]->sessions.empty(); });
  const Answer meanwhile = call(offer);
  EXPECT_EQ(meanwhile.status, 409);
  EXPECT_EQ(at(meanwhile.body, {"type"}), R"("/problems/request-in-progress")");
  EXPECT_EQ(meanwhile.header("retry-after"), "1");
  newest_session().answer(std::string("v=0 answer"));
  first.receive_all();
  const Answer answered = parse_answer(first.received);
  EXPECT_EQ(answered.status, 201);
  const Answer again = call(offer);
  EXPECT_EQ(again.body, "v=0 answer");
  EXPECT_EQ(again.header("location"), answered.header("location"));
  EXPECT_EQ(engine.rooms[0]->sessions.size(), 1u);
}

TEST_F(HttpIdempotency, AClientThatLeftBeforeTheAnswerGetsItLater) {
  Call offer{.method = "POST",
             .path = participants_ + "/ann/session",
             .body = "TSS",
             .content_type = "application/sdp",
             .headers = key_header("k")};
  {
    RawClient first(loop, url());
    first.send(text_of(offer));
    first.receive_until(
        [&] { return !engine.rooms.empty() && !engine.rooms[0]->sessions.empty(); });
  }
  run();
  newest_session().answer(std::string("v=0 answer"));
  run();
  EXPECT_EQ(call(offer).body, "v=0 answer");
}

TEST_F(HttpIdempotency, ALateAnswerOutlivesTheServer) {
  RawClient client(loop, url());
  client.send(text_of({.method = "POST",
                       .path = participants_ + "/ann/session",
                       .body = "TSS",
                       .content_type = "application/sdp",
                       .headers = key_header("k")}));
  client.receive_until([&] { return !engine.rooms.empty() && !engine.rooms[0]->sessions.empty(); });
  server = nullptr;
  newest_session().answer();
  run();
}

TEST_F(HttpIdempotency, ABadKeyIsRefusedAndOtherMethodsIgnoreIt) {
  EXPECT_EQ(invite("\"\"").status, 400);
  EXPECT_EQ(invite(std::string(kMaxIdempotencyKeyBytes + 1, 'k')).status, 400);
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", "{}", key_header("k")).status, 201);
  EXPECT_EQ(json("PUT", "/v1/rooms/blue", "{}", key_header("k")).status, 200);
}

TEST(KeptAnswer, SurvivesItsWayThroughAStore) {
  KeptAnswer answer{.caller = "key:dev",
                    .key = "k1",
                    .fingerprint = "abc",
                    .response = json_response(201, R"({"a":"\u00e4"})"),
                    .expires_ms = 1'700'000'000'000};
  answer.response.header("Location", "/x").header("Location", "/y");
  const auto text = kept_answer_json(answer);
  ASSERT_TRUE(text);
  const auto read = read_kept_answer("key:dev k1", *text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->caller, "key:dev");
  EXPECT_EQ(read->key, "k1");
  EXPECT_EQ(read->fingerprint, "abc");
  EXPECT_EQ(read->expires_ms, answer.expires_ms);
  EXPECT_EQ(read->response.status, 201);
  EXPECT_EQ(read->response.content_type, "application/json");
  EXPECT_EQ(read->response.body, answer.response.body);
  EXPECT_EQ(read->response.headers, answer.response.headers);

  answer.response.body = "\xff";
  EXPECT_FALSE(kept_answer_json(answer)) << "only texts are kept";
  EXPECT_FALSE(read_kept_answer("nospace", *text));
  EXPECT_FALSE(read_kept_answer("key:dev k1", "{}"));
}

}  // namespace
}  // namespace veche::http
