// SPDX-License-Identifier: Apache-2.0
// Webhooks over HTTP: made, read, changed, tested, replayed, removed; their secrets are never
// shown.
#include <gtest/gtest.h>

#include "../http_fixture.hpp"
#include "json_at.hpp"

namespace veche::http {
namespace {

constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

class HttpWebhooks : public HttpTest {
 protected:
  static std::string body(const std::string& name, const std::string& more = "") {
    return R"({"name":")" + name + R"(","url":"https://backend.example.org/events","secrets":[")" +
           kSecret + "\"]" + more + "}";
  }
  Answer make(const std::string& name, const std::string& more = "") {
    return json("POST", "/v1/webhooks", body(name, more));
  }
};

TEST_F(HttpWebhooks, AreMadeReadChangedAndRemoved) {
  const Answer made = make("ops", R"(,"types":["participant.*"],"rooms":["lesson-*"])");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("location"), "/v1/webhooks/ops");
  const Answer read = get("/v1/webhooks/ops");
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(at(read.body, {"url"}), "\"https://backend.example.org/events\"");
  EXPECT_EQ(at(read.body, {"types"}), R"(["participant.*"])");
  EXPECT_EQ(at(read.body, {"rooms"}), R"(["lesson-*"])");
  EXPECT_EQ(at(read.body, {"enabled"}), "true");
  EXPECT_EQ(at(read.body, {"configured"}), "false");
  EXPECT_EQ(at(read.body, {"state"}), "\"active\"");
  EXPECT_EQ(at(read.body, {"failure"}), "null");
  EXPECT_EQ(at(read.body, {"secrets_count"}), "1");
  const Answer changed = json("PATCH", "/v1/webhooks/ops", R"({"enabled":false,"types":null})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(at(changed.body, {"state"}), "\"disabled\"");
  EXPECT_EQ(at(changed.body, {"types"}), "[]");
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/webhooks/ops"}).status, 204);
  EXPECT_EQ(get("/v1/webhooks/ops").status, 404);
}

TEST_F(HttpWebhooks, AreListedInPages) {
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(make(name).status, 201);
  const Answer first = get("/v1/webhooks?limit=2");
  EXPECT_EQ(at(first.body, {"next_cursor"}), "\"b\"") << first.body;
  const Answer rest = get("/v1/webhooks?limit=2&cursor=b");
  EXPECT_EQ(at(rest.body, {"next_cursor"}), "null");
  EXPECT_NE(rest.body.find(R"("name":"c")"), std::string::npos) << rest.body;
}

TEST_F(HttpWebhooks, NeverShowTheirSecrets) {
  const auto expect_none = [](const Answer& answer) {
    EXPECT_EQ(answer.body.find("MfKQ9r8"), std::string::npos) << answer.body;
    EXPECT_EQ(answer.body.find("\"secrets\""), std::string::npos) << answer.body;
  };
  expect_none(make("ops"));
  expect_none(get("/v1/webhooks/ops"));
  expect_none(get("/v1/webhooks"));
  expect_none(json("PATCH", "/v1/webhooks/ops", R"({"enabled":true})"));
  // In a place where it does not belong, either.
  const Answer refused =
      json("PATCH", "/v1/webhooks/ops", std::string(R"({"secrets":")") + kSecret + "\"}");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body.find("MfKQ9r8"), std::string::npos) << refused.body;
}

TEST_F(HttpWebhooks, RefuseWhatIsWrongWithAPointer) {
  struct Case {
    std::string body;
    const char* pointer;
  };
  const std::string secret = std::string("\"secrets\":[\"") + kSecret + "\"]";
  const Case cases[] = {
      {R"({"url":"https://a.example/",)" + secret + "}", "/name"},
      {R"({"name":"ops",)" + secret + "}", "/url"},
      {R"({"name":"ops","url":"https://a.example/"})", "/secrets"},
      {body("ops", R"(,"unknown":1)"), "/unknown"},
      {body("ops", R"(,"types":["Not A Type"])"), "/types/0"},
      {body("ops", R"(,"rooms":["a b"])"), "/rooms/0"},
      {R"({"name":"ops","url":"http://a.example/",)" + secret + "}", "/url"},
      {R"({"name":"ops","url":"https://10.0.0.1/",)" + secret + "}", "/url"},
      {R"({"name":"ops","url":"https://a.example/","secrets":["short"]})", "/secrets/0"},
  };
  for (const Case& each : cases) {
    const Answer answer = json("POST", "/v1/webhooks", each.body);
    EXPECT_EQ(answer.status, 400) << each.body;
    const std::string pointer = std::string(R"("pointer":")") + each.pointer + '"';
    EXPECT_NE(answer.body.find(pointer), std::string::npos) << pointer << " in " << answer.body;
  }
  EXPECT_EQ(make("ops").status, 201);
  EXPECT_EQ(make("ops").status, 409);
  EXPECT_EQ(json("PATCH", "/v1/webhooks/ops", R"({"name":"other"})").status, 400);
  EXPECT_EQ(json("PATCH", "/v1/webhooks/ops", R"({"secrets":null})").status, 400);
  EXPECT_EQ(json("POST", "/v1/webhooks/ops/replay", R"({"after":-1})").status, 400);
  EXPECT_EQ(json("POST", "/v1/webhooks/ops/replay", R"({"after":999999})").status, 400);
  EXPECT_EQ(json("POST", "/v1/webhooks/ops/replay", "{}").status, 400);
}

TEST_F(HttpWebhooks, AreTestedWhileTheCallerWaits) {
  EXPECT_EQ(make("ops").status, 201);
  RawClient client(loop, url());
  client.send(text_of({.method = "POST", .path = "/v1/webhooks/ops/test"}));
  ASSERT_TRUE(run_until([&] { return courier->open() == 1; }));
  EXPECT_EQ(call({.method = "POST", .path = "/v1/webhooks/ops/test"}).status, 409);
  courier->answer({.status = 404, .reason = "it answered 404"});
  client.receive_all();
  const Answer answer = parse_answer(client.received);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(at(answer.body, {"delivered"}), "false");
  EXPECT_EQ(at(answer.body, {"status"}), "404");
  EXPECT_EQ(at(answer.body, {"reason"}), "\"it answered 404\"");
}

TEST_F(HttpWebhooks, AreReplayed) {
  EXPECT_EQ(make("ops").status, 201);
  const Answer answer = json("POST", "/v1/webhooks/ops/replay",
                             R"({"after":)" + std::to_string(events->newest()) + "}");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(at(answer.body, {"name"}), "\"ops\"");
}

TEST_F(HttpWebhooks, HaveNoDeadLettersAtFirst) {
  EXPECT_EQ(make("ops").status, 201);
  const Answer answer = get("/v1/webhooks/ops/dead-letters");
  EXPECT_EQ(answer.body, R"({"dead_letters":[],"next_cursor":null})");
  EXPECT_EQ(get("/v1/webhooks/nobody/dead-letters").status, 404);
}

TEST_F(HttpWebhooks, AreForTheScopeAdmin) {
  EXPECT_EQ(make("ops").status, 201);
  const Call calls[] = {
      {.path = "/v1/webhooks"},
      {.path = "/v1/webhooks/ops"},
      {.path = "/v1/webhooks/ops/dead-letters"},
      {.method = "POST", .path = "/v1/webhooks/ops/test"},
      {.method = "DELETE", .path = "/v1/webhooks/ops"},
  };
  for (Call each : calls) {
    for (const char* key : {"back.backsecret", "eye.eyesecret", "graph.graphsecret"}) {
      each.key = key;
      EXPECT_EQ(call(each).status, 403) << each.method << " " << each.path << " " << key;
    }
  }
}

}  // namespace
}  // namespace veche::http
