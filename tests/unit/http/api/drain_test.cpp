// SPDX-License-Identifier: Apache-2.0
// Tests of the drain over HTTP: readiness, refusals, and permissions.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"

namespace veche::http {
namespace {

class HttpDrain : public HttpTest {
 protected:
  Answer drain(const std::string& body = "") { return json("POST", "/v1/server/drain", body); }
  static bool says(const Answer& answer, const std::string& text) {
    return answer.body.find(text) != std::string::npos;
  }
  void expect_unavailable(const Answer& answer) {
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_EQ(answer.header("retry-after"), "5");
    EXPECT_TRUE(says(answer, "draining")) << answer.body;
  }
};

TEST_F(HttpDrain, IsShownAndMakesTheServerUnready) {
  EXPECT_TRUE(says(get("/v1/server"), "\"draining\":null,\"restart_needed\":[]"));
  const Answer begun = drain(R"({"deadline_s": 300})");
  EXPECT_EQ(begun.status, 200) << begun.body;
  EXPECT_TRUE(says(begun, "\"final\":false}")) << begun.body;
  EXPECT_TRUE(says(get("/v1/server"), "\"draining\":" + begun.body));
  expect_unavailable(get("/readyz"));
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/server/drain"}).status, 204);
  EXPECT_EQ(get("/readyz").status, 200);
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/server/drain"}).status, 204);
}

TEST_F(HttpDrain, RefusesNewRoomsParticipantsAndSessions) {
  connect("ann");
  ASSERT_EQ(drain().status, 200);
  const std::string blue = "/v1/rooms/blue";
  expect_unavailable(json("PUT", "/v1/rooms/new", "{}"));
  expect_unavailable(json("POST", blue + "/participants", "{}"));
  expect_unavailable(json("POST", "/v1/rooms/new/participants", "{}"));
  expect_unavailable(call({.method = "POST",
                           .path = blue + "/participants/bob/session",
                           .body = "TSS",
                           .content_type = "application/sdp"}));
  EXPECT_EQ(json("PUT", blue, R"({"max_participants": 7})").status, 200) << "it is there";
  connect("ann");
}

TEST_F(HttpDrain, TakesTheDeadlineOfTheConfigurationUnlessItIsGiven) {
  rooms->use_limits({.drain_deadline_s = 77});
  const auto left_s = [&] {
    return (rooms->draining()->deadline_unix_ms - unix_ms() + 999) / 1000;
  };
  ASSERT_EQ(drain().status, 200);
  EXPECT_NEAR(static_cast<double>(left_s()), 77, 2);
  ASSERT_EQ(drain(R"({"deadline_s": 500})").status, 200);
  EXPECT_NEAR(static_cast<double>(left_s()), 500, 2);
  for (const char* body : {R"({"deadline_s": -1})", R"({"deadline_s": 86401})", R"({"x": 1})"}) {
    EXPECT_EQ(drain(body).status, 400) << body;
  }
}

TEST_F(HttpDrain, IsNotTakenBackAfterASignal) {
  rooms->drain(30, true);
  EXPECT_TRUE(says(get("/v1/server"), "\"final\":true}"));
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/server/drain"}).status, 409);
}

TEST_F(HttpDrain, IsForAdministrators) {
  for (const char* method : {"POST", "DELETE"}) {
    for (const char* key : {"back.backsecret", "eye.eyesecret"}) {
      EXPECT_EQ(call({.method = method, .path = "/v1/server/drain", .key = key}).status, 403);
    }
  }
  EXPECT_FALSE(rooms->draining());
}

TEST_F(HttpDrain, ShowsWhatNeedsARestart) {
  server->set_restart_needed({"http.listen", "media.lanes"});
  EXPECT_TRUE(says(get("/v1/server"), R"("restart_needed":["http.listen","media.lanes"])"));
}

}  // namespace
}  // namespace veche::http
