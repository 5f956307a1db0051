// SPDX-License-Identifier: Apache-2.0
// The route of traces: permissions and format.
#include "../http_fixture.hpp"

namespace veche::http {
namespace {

const std::string kAnn = "/v1/rooms/blue/participants/ann";

TEST_F(HttpTest, TracesTellWhatHappenedInOrder) {
  connect("ann");
  const Answer answer = get(kAnn + "/trace");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(
      answer.body.find(R"({"present":true,"earlier":null,"dropped":0,"entries":[{"time_unix_ms":)"),
      std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find(R"("offset_ms":0,"type":"participant.added","data":{}})"),
            std::string::npos)
      << answer.body;
  const size_t offered = answer.body.find("session.offered");
  const size_t connected = answer.body.find("session.connected");
  EXPECT_LT(offered, connected);
  EXPECT_NE(connected, std::string::npos);
}

TEST_F(HttpTest, TracesAreReadAfterwardsToo) {
  connect("ann");
  EXPECT_EQ(call({.method = "DELETE", .path = kAnn + "?reason=rude"}).status, 204);
  const Answer answer = get(kAnn + "/trace");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\"present\":false"), std::string::npos);
  EXPECT_NE(answer.body.find(R"("reason":"removed","detail":"rude")"), std::string::npos)
      << answer.body;
}

TEST_F(HttpTest, TracesOfStrangersAreNotFound) {
  EXPECT_EQ(get(kAnn + "/trace").status, 404);
  connect("ann");
  EXPECT_EQ(get("/v1/rooms/blue/participants/bob/trace").status, 404);
}

TEST_F(HttpTest, TracesAreForReadersAndForTheParticipant) {
  const Answer invited = json("POST", "/v1/rooms/blue/participants", R"({"id":"ann"})");
  const size_t begin = invited.body.find("\"token\":\"") + 9;
  const std::string token = invited.body.substr(begin, invited.body.find('"', begin) - begin);
  EXPECT_EQ(call({.path = kAnn + "/trace", .key = token}).status, 200);
  EXPECT_EQ(call({.path = kAnn + "/trace", .key = "eye.eyesecret"}).status, 200);
  EXPECT_EQ(call({.path = "/v1/rooms/blue/participants/bob/trace", .key = token}).status, 403);
  EXPECT_EQ(call({.path = kAnn + "/trace", .key = ""}).status, 401);
}

TEST_F(HttpTest, TracesOfWhoHadTheNameBeforeAreForReadersAlone) {
  connect("ann");
  EXPECT_EQ(call({.method = "DELETE", .path = kAnn + "?reason=left-the-company"}).status, 204);
  const Answer invited = json("POST", "/v1/rooms/blue/participants", R"({"id":"ann"})");
  const size_t begin = invited.body.find("\"token\":\"") + 9;
  const std::string token = invited.body.substr(begin, invited.body.find('"', begin) - begin);
  const std::string own = call({.path = kAnn + "/trace", .key = token}).body;
  EXPECT_NE(own.find("participant.added"), std::string::npos) << own;
  EXPECT_EQ(own.find("left-the-company"), std::string::npos) << own;
  EXPECT_NE(own.find(R"("earlier":null)"), std::string::npos) << own;
  const std::string all = call({.path = kAnn + "/trace", .key = "eye.eyesecret"}).body;
  EXPECT_NE(all.find(R"("earlier":{"dropped":0,"entries":[)"), std::string::npos) << all;
  EXPECT_NE(all.find("left-the-company"), std::string::npos) << all;

  EXPECT_EQ(call({.method = "DELETE", .path = kAnn}).status, 204);
  // Without a participant of that name, the token reads nobody's trace.
  EXPECT_GE(call({.path = kAnn + "/trace", .key = token}).status, 400);
  EXPECT_EQ(call({.path = kAnn + "/trace", .key = "eye.eyesecret"}).status, 200);
}

TEST_F(HttpTest, HeadersAreKeptReadAndForgotten) {
  connect("ann");
  EXPECT_EQ(get(kAnn + "/headers").status, 404);
  const Answer kept = json("POST", kAnn + "/headers", R"({"seconds":30})");
  EXPECT_EQ(kept.status, 200);
  EXPECT_NE(kept.body.find("\"until_unix_ms\":"), std::string::npos) << kept.body;
  EXPECT_EQ(newest_session().headers_s, 30u);
  const Answer file = get(kAnn + "/headers");
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.body, "pcapng");
  EXPECT_EQ(file.header("content-type"), "application/octet-stream");
  EXPECT_EQ(call({.method = "DELETE", .path = kAnn + "/headers"}).status, 204);
  EXPECT_EQ(get(kAnn + "/headers").status, 404);
  EXPECT_EQ(json("POST", kAnn + "/headers", "").status, 200);
  EXPECT_EQ(newest_session().headers_s, 60u);
}

TEST_F(HttpTest, HeadersAreKeptForABoundedTimeOfAConnectedSession) {
  connect("ann");
  EXPECT_EQ(json("POST", kAnn + "/headers", R"({"seconds":0})").status, 400);
  EXPECT_EQ(json("POST", kAnn + "/headers", R"({"seconds":601})").status, 400);
  json("POST", "/v1/rooms/blue/participants", R"({"id":"bob"})");
  EXPECT_EQ(json("POST", "/v1/rooms/blue/participants/bob/headers", "{}").status, 409);
  EXPECT_EQ(get("/v1/rooms/blue/participants/bob/headers").status, 404);
}

TEST_F(HttpTest, HeadersAreForAdministrators) {
  connect("ann");
  for (const char* method : {"POST", "GET", "DELETE"}) {
    EXPECT_EQ(call({.method = method, .path = kAnn + "/headers", .key = "eye.eyesecret"}).status,
              403);
    EXPECT_EQ(call({.method = method, .path = kAnn + "/headers", .key = ""}).status, 401);
  }
}

}  // namespace
}  // namespace veche::http
