// SPDX-License-Identifier: Apache-2.0
// Tests of the behaviour common to all requests: health, credentials, unknown resources, limits,
// other origins.
#include <gtest/gtest.h>

#include <filesystem>

#include "glib/json.hpp"
#include "http_fixture.hpp"

namespace veche::http {
namespace {

class HttpServer : public HttpTest {
 protected:
  void expect_problem(const Answer& answer, int status, const std::string& what = "") {
    EXPECT_EQ(answer.status, status) << what;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json") << what;
    EXPECT_TRUE(glib::parse_json(answer.body).ok()) << what << answer.body;
    EXPECT_NE(answer.body.find("\"status\":" + std::to_string(status)), std::string::npos) << what;
    EXPECT_EQ(answer.header("connection"), "close") << what;
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff") << what;
  }
};

TEST_F(HttpServer, IsHealthyAndReadyWithoutACredential) {
  for (const char* path : {"/healthz", "/readyz"}) {
    EXPECT_EQ(call({.path = path, .key = ""}).status, 200);
  }
  const Answer head = call({.method = "HEAD", .path = "/healthz"});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
}

TEST_F(HttpServer, TellsOfItselfAndItsPlugins) {
  const Answer info = get("/v1/server");
  EXPECT_EQ(info.status, 200);
  EXPECT_NE(info.body.find("\"addresses\":[\"" + url() + "\"]"), std::string::npos) << info.body;
  EXPECT_NE(info.body.find("\"gstreamer\":\"GStreamer 1."), std::string::npos);
  EXPECT_NE(info.body.find("\"lanes\":[{\"packets_in\":7,"), std::string::npos) << info.body;
  EXPECT_EQ(get("/v1/plugins").body, R"({"plugins":[]})");
}

TEST_F(HttpServer, TellsThePathAndThePortsOfItsLanes) {
  EXPECT_EQ(get("/v1/server").body.find("\"port\""), std::string::npos) << "they have none";
  engine.lane_statistics = {
      {.port = 40000, .silent = 4, .unknown_source = 5, .stun_refused = 6, .kernel_dropped = 7},
      {.port = 40001, .packets_in = 8}};
  const std::string wire = get("/v1/server").body;
  EXPECT_NE(wire.find("\"media_path\":\"wire\""), std::string::npos) << wire;
  EXPECT_NE(wire.find("{\"port\":40000,\"packets_in\":0,"), std::string::npos) << wire;
  EXPECT_NE(wire.find("\"silent\":4,\"unknown_source\":5,\"stun_refused\":6,\"kernel_dropped\":7}"),
            std::string::npos)
      << wire;
  EXPECT_NE(wire.find("{\"port\":40001,\"packets_in\":8,"), std::string::npos) << wire;
  engine.path = media::PathKind::Pipeline;
  EXPECT_NE(get("/v1/server").body.find("\"media_path\":\"pipeline\""), std::string::npos);
}

TEST_F(HttpServer, AsksForACredentialThatReaches) {
  const auto with = [&](const std::string& key) {
    return call({.path = "/v1/server", .key = key});
  };
  expect_problem(with(""), 401);
  EXPECT_EQ(with("").header("www-authenticate"), "Bearer realm=\"veche\"");
  expect_problem(with("dev.wrong"), 401);
  expect_problem(with("nobody.devsecret"), 401);
  expect_problem(with("back.backsecret"), 403);
  EXPECT_EQ(with("eye.eyesecret").status, 200);
  expect_problem(call({.path = "/v1/server?access_token=dev.devsecret", .key = ""}), 401);
}

TEST_F(HttpServer, AnswersProblemsForWhatItDoesNotKnow) {
  expect_problem(get("/nothing"), 404);
  expect_problem(get("/v1/nothing"), 404);
  expect_problem(get("/v1/rooms/a%20b"), 400);
  const Answer refused = call({.method = "POST", .path = "/v1/rooms/blue"});
  expect_problem(refused, 405);
  EXPECT_EQ(refused.header("allow"), "PUT, GET, HEAD, PATCH, DELETE, OPTIONS");
  expect_problem(call({.method = "BREW", .path = "/healthz"}), 405);
}

TEST_F(HttpServer, SurvivesWhatIsNoHttp) {
  for (const std::string& text :
       {std::string("\x16\x03\x01\x02"), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("GET /v1/rooms HTTP/1.1\r\n\r\n"),
        std::string(70'000, 'x'), std::string("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("\0\0\r\n\r\n", 6)}) {
    RawClient client(loop, url());
    client.send(text);
    run();
    client.receive();
  }
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(HttpServer, ChecksTheTypeOfABody) {
  const auto put = [&](const std::string& type) {
    return call({.method = "PUT", .path = "/v1/rooms/blue", .body = "{}", .content_type = type});
  };
  expect_problem(put("text/plain"), 415);
  expect_problem(put(""), 415);
  EXPECT_EQ(put("application/json; charset=utf-8").status, 201);
  EXPECT_EQ(put("Application/JSON").status, 200);
  EXPECT_EQ(call({.method = "PUT", .path = "/v1/rooms/empty-body"}).status, 201);
}

TEST_F(HttpServer, RefusesABodyThatIsTooLargeHoweverItComes) {
  const std::string path = "/v1/rooms/blue/participants/ann/session";
  const std::string large(1024 * 1024, 'v');
  expect_problem(
      call({.method = "POST", .path = path, .body = large, .content_type = "application/sdp"}), 413,
      "announced");

  std::string chunked = "POST " + path +
                        " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer dev.devsecret\r\n"
                        "Content-Type: application/sdp\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) chunked += "1000\r\n" + std::string(4096, 'v') + "\r\n";
  RawClient client(loop, url());
  client.send(chunked + "0\r\n\r\n");
  client.receive_all();
  expect_problem(parse_answer(client.received), 413, "chunked");

  const Answer expecting = call({.method = "POST",
                                 .path = path,
                                 .content_type = "application/sdp",
                                 .headers = "Content-Length: 1000000\r\nExpect: 100-continue\r\n"});
  expect_problem(expecting, 413, "before the body is sent");
  EXPECT_EQ(
      json("PUT", "/v1/rooms/blue", R"({"metadata":{"a":")" + std::string(100'000, 'x') + "\"}}")
          .status,
      400);
}

TEST_F(HttpServer, CutsAConnectionThatSendsWithoutEnd) {
  const size_t before = descriptors();
  RawClient client(loop, url());
  client.send("PUT /v1/rooms/blue HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n");
  const std::string some(1024 * 1024, 'x');
  const auto send_until_cut = [&] {
    return client.send_some(some) < 0 || descriptors() == before + 1;
  };
  run();
  EXPECT_TRUE(run_until(send_until_cut));
  EXPECT_TRUE(run_until([&] { return descriptors() == before + 1; })) << "the client's is left";
}

TEST_F(HttpServer, CutsAClientThatDoesNotFinishItsRequest) {
  Settings settings;
  settings.deadlines.receive_ms = 50;
  start(settings);
  RawClient silent(loop, url()), slow(loop, url()), stuck(loop, url());
  slow.send("GET /healthz HTTP/1.1\r\nHo");
  stuck.send(
      "PUT /v1/rooms/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer dev.devsecret\r\n"
      "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{");
  for (RawClient* client : {&silent, &slow, &stuck}) {
    client->receive_all();
    EXPECT_TRUE(client->is_at_end());
  }
}

TEST_F(HttpServer, CutsClientsThatSendByteByByteAndServesOthersMeanwhile) {
  Settings settings;
  settings.deadlines.receive_ms = 500;
  start(settings);
  RawClient head(loop, url()), body(loop, url());
  head.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ");
  body.send(
      "PUT /v1/rooms/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer dev.devsecret\r\n"
      "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n");
  int bytes = 0;
  const glib::Timer dripping = loop.every(5, [&] {
    for (RawClient* client : {&head, &body}) bytes += client->send_some(" ") == 1 ? 1 : 0;
  });
  EXPECT_EQ(call({.path = "/healthz", .key = ""}).status, 200);
  for (RawClient* client : {&head, &body}) {
    EXPECT_TRUE(run_until([&] { return !client->receive(); })) << "each byte moves no deadline";
  }
  EXPECT_GT(bytes, 10);
  EXPECT_EQ(call({.path = "/healthz", .key = ""}).status, 200);
}

TEST_F(HttpServer, IgnoresRanges) {
  const Answer answer = get("/healthz", "Range: bytes=0-1,0-1,0-1\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
}

TEST_F(HttpServer, LetsConfiguredOriginsInAndNoOthers) {
  Settings settings;
  settings.cors_origins = {"https://app.example"};
  start(settings);
  const std::string app = "Origin: https://app.example\r\n",
                    other = "Origin: https://evil.example\r\n";
  EXPECT_EQ(get("/healthz", app).header("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(get("/healthz", app).header("vary"), "Origin");
  EXPECT_EQ(get("/healthz", other).header("access-control-allow-origin"), "");
  EXPECT_EQ(get("/v1/nothing", app).header("access-control-allow-origin"), "https://app.example");

  const auto preflight = [&](const std::string& origin) {
    return call({.method = "OPTIONS",
                 .path = "/v1/rooms/blue",
                 .key = "",
                 .headers = origin + "Access-Control-Request-Method: PATCH\r\n"});
  };
  const Answer allowed = preflight(app);
  EXPECT_EQ(allowed.status, 204);
  EXPECT_NE(allowed.header("access-control-allow-methods").find("PATCH"), std::string::npos);
  EXPECT_NE(allowed.header("access-control-allow-headers").find("Authorization"),
            std::string::npos);
  EXPECT_EQ(preflight(other).header("access-control-allow-methods"), "");
  expect_problem(call({.method = "OPTIONS", .path = "/v1/nothing", .key = ""}), 404);
}

TEST_F(HttpServer, SaysWhereItCannotListen) {
  Settings settings;
  for (const char* address :
       {"127.0.0.1", "nowhere:80", "127.0.0.1:x", "127.0.0.1:70000", "192.0.2.1:80"}) {
    settings.listen = {address};
    const auto started = Server::start(loop, settings, *rooms, *plugins, *events, *webhooks);
    ASSERT_FALSE(started.ok()) << address;
    EXPECT_NE(started.error().message.find(address), std::string::npos);
  }
  settings.listen = {url().substr(7)};
  EXPECT_FALSE(Server::start(loop, settings, *rooms, *plugins, *events, *webhooks).ok()) << "taken";
}

TEST_F(HttpServer, CountsItsUptimeOnAClockThatDoesNotJump) {
  const int64_t started_ns = rooms->now_ns();
  rooms->tick(started_ns + 90 * kNsPerS);
  EXPECT_NE(get("/v1/server").body.find(R"("uptime_s":90,)"), std::string::npos);
}

TEST_F(HttpServer, ListensOnBothFamiliesOfOnePort) {
  Settings settings;
  settings.listen = {"[::]:0"};
  if (!std::filesystem::exists("/proc/net/if_inet6")) GTEST_SKIP() << "this machine has no IPv6";
  auto started = Server::start(loop, settings, *rooms, *plugins, *events, *webhooks);
  ASSERT_TRUE(started.ok()) << started.error().message;
  const std::string url = (*started)->addresses().at(0);
  *started = nullptr;
  const std::string port = url.substr(url.rfind(':'));
  settings.listen = {"0.0.0.0" + port, "[::]" + port};
  started = Server::start(loop, settings, *rooms, *plugins, *events, *webhooks);
  ASSERT_TRUE(started.ok()) << started.error().message;
  EXPECT_EQ((*started)->addresses(),
            (std::vector<std::string>{"http://0.0.0.0" + port, "http://[::]" + port}));
}

TEST_F(HttpServer, ServesPagesBesideTheApi) {
  Settings settings;
  settings.static_dir = VECHE_SOURCE_DIR "/tests/unit/http/page";
  start(settings);
  const Answer page = call({.path = "/", .key = ""});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(
      call({.path = "/", .key = "", .headers = "If-None-Match: " + page.header("etag") + "\r\n"})
          .status,
      304);
  expect_problem(call({.path = "/../server_test.cpp", .key = ""}), 404);
  expect_problem(call({.method = "POST", .path = "/", .key = ""}), 405);
  expect_problem(get("/v1/index.html"), 404);
}

}  // namespace
}  // namespace veche::http
