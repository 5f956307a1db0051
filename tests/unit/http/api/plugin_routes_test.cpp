// SPDX-License-Identifier: Apache-2.0
// Tests of a real plugin's routes behind the real server: checks before it, answers after it, and
// what happens when client, plugin or server goes away.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "answerer_fixture.hpp"

namespace veche::http {
namespace {

const std::string kStage = "/v1/plugins/stage/rooms/blue/stage";

using PluginRoutesTest = AnswererTest;

TEST_F(PluginRoutesTest, HandsTheRequestToThePluginAndItsAnswerToTheClient) {
  const Answer answer = get("/v1/plugins/stage/rooms/bl%75e/stage?a=%20b&c");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "text/plain");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.body, "GET /rooms/blue/stage\nquery a=%20b&c\nkey dev\nparam blue\nbody \n");
}

TEST_F(PluginRoutesTest, HandsTheBodyOverWithItsDefaults) {
  const Answer answer = json("PUT", kStage, "{ \"seats\": 3 }");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("body {\"seats\":3,\"is_open\":true}\n"), std::string::npos)
      << answer.body;
  const Answer unread =
      call({.method = "DELETE", .path = "/v1/plugins/stage/all", .body = "whatever"});
  EXPECT_NE(unread.body.find("param -\nbody \n"), std::string::npos) << unread.body;
}

TEST_F(PluginRoutesTest, ChecksTheBodyBeforeThePluginSeesIt) {
  const auto put = [&](const std::string& body) { return json("PUT", kStage, body); };
  const Answer wrong = put(R"({"seats": 6, "colour": "red"})");
  expect_problem(wrong, 400, "invalid-request");
  EXPECT_NE(wrong.body.find("\"pointer\":\"/seats\""), std::string::npos) << wrong.body;
  EXPECT_NE(wrong.body.find("\"pointer\":\"/colour\""), std::string::npos) << wrong.body;
  expect_problem(put("{"), 400, "invalid-request");
  expect_problem(put("[]"), 400, "invalid-request");
  expect_problem(put(std::string(64 * 1024 + 1, ' ')), 413, "too-large");
  const Answer empty = call({.method = "PUT", .path = kStage});
  expect_problem(empty, 400, "invalid-request");
  EXPECT_NE(empty.body.find("\"pointer\":\"/seats\""), std::string::npos) << empty.body;
  expect_problem(
      call(
          {.method = "PUT", .path = kStage, .body = "{\"seats\":1}", .content_type = "text/plain"}),
      415, "unsupported-media-type");
  EXPECT_EQ(desk.handled, 0u);
}

TEST_F(PluginRoutesTest, TellsUnknownPathsFromUnknownMethods) {
  for (const char* path :
       {"/v1/plugins/stage/", "/v1/plugins/stage/nothing", "/v1/plugins/", "/v1/plugins/nobody/all",
        "/v1/plugins//all", "/v1/plugins/stage/all/", "/stage/all"}) {
    expect_problem(get(path), 404, "not-found");
  }
  expect_problem(get("/v1/plugins/stage/rooms/a%20b/stage"), 400, "invalid-request");
  const Answer refused = call({.method = "POST", .path = kStage});
  expect_problem(refused, 405, "method-not-allowed");
  EXPECT_EQ(refused.header("allow"), "GET, HEAD, PUT, OPTIONS");
  EXPECT_EQ(desk.handled, 0u);
}

TEST_F(PluginRoutesTest, AnswersHeadAndOptionsAsForItsOwnRoutes) {
  const Answer head = call({.method = "HEAD", .path = kStage});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-type"), "text/plain");
  EXPECT_EQ(head.body, "");
  Settings settings;
  settings.cors_origins = {"https://app.example"};
  start(settings);
  const std::string origin = "Origin: https://app.example\r\n";
  const Answer preflight =
      call({.method = "OPTIONS", .path = kStage, .key = "", .headers = origin});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("access-control-allow-methods"), "GET, HEAD, PUT, OPTIONS");
  EXPECT_EQ(get(kStage, origin).header("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(desk.handled, 2u) << "HEAD and GET, not OPTIONS";
}

TEST_F(PluginRoutesTest, LetsKeysInByTheirScopes) {
  const std::string admin = "dev.devsecret", rooms = "back.backsecret", read = "eye.eyesecret",
                    metrics = "graph.graphsecret";
  const struct {
    const char *method, *path;
    std::vector<std::string> reach, refused;
  } cases[] = {
      {"GET", kStage.c_str(), {admin, rooms, read}, {metrics}},
      {"POST", "/v1/plugins/stage/refused", {admin, rooms}, {read, metrics}},
      {"DELETE", "/v1/plugins/stage/all", {admin}, {rooms, read, metrics}},
      {"GET", "/v1/plugins/stage/metrics", {admin, metrics}, {rooms, read}},
      {"GET", "/metrics", {admin, metrics}, {rooms, read}},
  };
  for (const auto& [method, path, reach, refused] : cases) {
    SCOPED_TRACE(std::string(method) + " " + path);
    for (const std::string& key : reach) {
      EXPECT_NE(call({.method = method, .path = path, .key = key}).status, 403) << key;
    }
    const uint32_t handled = desk.handled;
    for (const std::string& key : refused) {
      expect_problem(call({.method = method, .path = path, .key = key}), 403, "permission-denied");
    }
    expect_problem(call({.method = method, .path = path, .key = ""}), 401, "unauthenticated");
    EXPECT_EQ(desk.handled, handled);
  }
  EXPECT_EQ(desk.handled, 3u + 2u + 1u + 2u + 2u);
}

TEST_F(PluginRoutesTest, LetsJoinTokensInWhereTheRouteSaysSo) {
  const Answer invited = json("POST", "/v1/rooms/blue/participants", R"({"id": "ann"})");
  const size_t begin = invited.body.find("\"token\":\"") + 9;
  const std::string token = invited.body.substr(begin, invited.body.find('"', begin) - begin);
  const std::string hands = "/v1/plugins/stage/rooms/blue/hands";
  const auto status_of = [&](const std::string& method, const std::string& path,
                             const std::string& key) {
    return call({.method = method, .path = path, .key = key}).status;
  };
  expect_problem(call({.path = kStage, .key = token}), 403, "permission-denied");
  expect_problem(call({.path = "/metrics", .key = token}), 403, "permission-denied");
  expect_problem(call({.path = "/v1/plugins/stage/rooms/red/hands", .key = token}), 403,
                 "permission-denied");
  EXPECT_EQ(status_of("PUT", hands + "/bob", token), 403) << "another's";
  EXPECT_EQ(status_of("PUT", hands + "/ann", "eye.eyesecret"), 403) << "it may only read";
  const uint32_t handled = desk.handled;
  EXPECT_NE(call({.path = hands, .key = token}).body.find("participant ann\n"), std::string::npos);
  EXPECT_EQ(status_of("PUT", hands + "/ann", token), 200);
  EXPECT_EQ(status_of("PUT", hands + "/ann", "back.backsecret"), 200);
  EXPECT_EQ(status_of("GET", hands, "eye.eyesecret"), 200);
  EXPECT_EQ(desk.handled, handled + 4);
  EXPECT_EQ(call({.method = "DELETE", .path = "/v1/rooms/blue/participants/ann"}).status, 204);
  EXPECT_EQ(status_of("GET", hands, token), 403) << "it was removed";
}

TEST_F(PluginRoutesTest, TellsThePluginsProblems) {
  const Answer answer = call({.method = "POST", .path = "/v1/plugins/stage/refused"});
  expect_problem(answer, 409, "stage-is-full");
  EXPECT_NE(answer.body.find("\"title\":\"Stage is full\""), std::string::npos);
  EXPECT_NE(answer.body.find("\"detail\":\"Five are up; one has to leave first.\""),
            std::string::npos);
  const auto client = ask_open();
  desk.http->reply_problem(desk.host, desk.open, 429, "too-often", "Wait.");
  client->receive_all();
  expect_problem(parse_answer(client->received), 429, "too-often");
}

TEST_F(PluginRoutesTest, TakesAnswersLaterFromOtherThreadsOnce) {
  const auto client = ask_open();
  std::thread([&] {
    EXPECT_EQ(reply(desk.open), VECHE_OK);
    EXPECT_EQ(reply(desk.open), VECHE_E_GONE);
  }).join();
  client->receive_all();
  const Answer answer = parse_answer(client->received);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.body, "[1]");
}

TEST_F(PluginRoutesTest, AnswersForAPluginThatIsTooSlow) {
  Settings settings;
  settings.deadlines.plugin_ms = 1;
  start(settings);
  const auto client = ask_open();
  client->receive_all();
  expect_problem(parse_answer(client->received), 504, "plugin-timeout");
  EXPECT_EQ(reply(desk.open), VECHE_E_GONE);
}

TEST_F(PluginRoutesTest, TellsThePluginThatTheClientHasGone) {
  const size_t before = descriptors();
  for (const bool reset : {false, true}) {
    const auto client = ask_open();
    client->close(reset);
    EXPECT_TRUE(run_until([&] { return descriptors() == before; })) << "its connection is left";
    EXPECT_EQ(reply(desk.open), VECHE_E_GONE);
  }
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(PluginRoutesTest, WaitsForAnAnswerThoughTheClientSendsOn) {
  const auto client = ask_open();
  client->send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  run();
  EXPECT_EQ(reply(desk.open), VECHE_OK);
  client->receive_all();
  EXPECT_EQ(parse_answer(client->received).status, 200);
}

TEST_F(PluginRoutesTest, AnswersWhatIsOpenWhenThePluginStopsAndKnowsItNoMore) {
  const auto client = ask_open();
  plugins->stop();
  client->receive_all();
  const Answer answer = parse_answer(client->received);
  expect_problem(answer, 503, "unavailable");
  EXPECT_EQ(answer.header("retry-after"), "5");
  EXPECT_EQ(desk.host, nullptr) << "it was destroyed";
  expect_problem(get(kStage), 404, "not-found");
  expect_problem(get("/metrics"), 404, "not-found");
  EXPECT_EQ(get("/v1/plugins").body.find("\"pattern\""), std::string::npos);
}

TEST_F(PluginRoutesTest, RefusesABodyWhosePluginStoppedWhileItCame) {
  RawClient client(loop, url());
  const std::string text = text_of({.method = "PUT",
                                    .path = kStage,
                                    .body = "{\"seats\": 1}",
                                    .content_type = "application/json"});
  client.send(text.substr(0, text.size() - 1));
  run();
  plugins->stop();
  client.send("}");
  client.receive_all();
  expect_problem(parse_answer(client.received), 503, "unavailable");
  EXPECT_EQ(desk.handled, 0u);
}

TEST_F(PluginRoutesTest, OutlivesAServerThatDoesNotWait) {
  const auto client = ask_open();
  server = nullptr;
  run();
  EXPECT_EQ(reply(desk.open), VECHE_E_GONE);
  run();
  client->receive_all();
  EXPECT_EQ(client->received, "");
}

TEST_F(PluginRoutesTest, SurvivesAnswersOfAThreadWhileClientsGo) {
  std::atomic<uint64_t> published{0};
  std::atomic<bool> is_over{false};
  std::thread answerer([&] {
    uint64_t last = 0;
    while (!is_over) {
      const uint64_t id = published;
      if (id != last) reply(id);
      last = id;
    }
  });
  const size_t before = descriptors();
  for (int i = 0; i < 100; ++i) {
    const auto client = ask_open();
    published = desk.open;
    client->close(i % 2 == 0);
    run();
  }
  is_over = true;
  answerer.join();
  EXPECT_TRUE(run_until([&] { return descriptors() == before; }));
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(PluginRoutesTest, ServesMetricsOnlyByGrant) {
  const Answer metrics = get("/metrics?x");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.body, "GET /metrics\nquery x\nkey dev\nparam -\nbody \n");
  expect_problem(call({.method = "POST", .path = "/metrics"}), 405, "method-not-allowed");
  expect_problem(call({.path = "/metrics", .key = "nobody.knows"}), 401, "unauthenticated");
  load(true, true);
  start({});
  EXPECT_EQ(call({.path = "/metrics", .key = "nobody.knows"}).status, 200);
  load(false);
  start({});
  expect_problem(get("/metrics"), 404, "not-found");
  EXPECT_EQ(get("/v1/plugins/stage/metrics").status, 200);
}

TEST_F(PluginRoutesTest, AsksForNoKeyWhereThePluginSaysSo) {
  const Answer page = call({.path = "/v1/plugins/stage/page", .key = "nobody.knows"});
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("key \n"), std::string::npos) << page.body;
  EXPECT_NE(get("/v1/plugins").body.find("\"access\":\"anybody\""), std::string::npos);
}

TEST_F(PluginRoutesTest, ListsTheRoutes) {
  const std::string list = get("/v1/plugins").body;
  EXPECT_NE(list.find("\"serves_metrics\":true"), std::string::npos) << list;
  EXPECT_NE(list.find(R"("routes":[{"method":"GET","pattern":"/rooms/{room}/stage",)"
                      R"("summary":"Route get_stage of the tests.","access":"read"},)"),
            std::string::npos)
      << list;
  EXPECT_NE(list.find("\"name\":\"http_routes.handle\""), std::string::npos) << list;
}

}  // namespace
}  // namespace veche::http
