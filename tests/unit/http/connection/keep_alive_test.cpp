// SPDX-License-Identifier: Apache-2.0
// Connections that carry several requests, and what is left of them afterwards: nothing.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../repetitions.hpp"
#include "base/descriptor.hpp"
#include "tls_client.hpp"

namespace veche::http {
namespace {

constexpr char kKeep[] = "Connection: keep-alive\r\n";

/// The first whole answer in `received`, which it takes out; nothing if it has not all come.
std::optional<Answer> take_answer(std::string& received, bool has_body = true) {
  const size_t end = received.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  Answer answer = parse_answer(received);
  const std::string length = has_body ? answer.header("content-length") : "";
  const size_t size = length.empty() ? 0 : std::stoul(length);
  if (received.size() < end + 4 + size) return {};
  answer.body.resize(size);
  received.erase(0, end + 4 + size);
  return answer;
}

class HttpKeepAlive : public HttpTest {
 protected:
  Answer ask(RawClient& client, Call call) {
    if (call.headers.empty()) call.headers = kKeep;
    EXPECT_TRUE(client.send(text_of(call)));
    return receive(client, call.method != "HEAD");
  }
  static Answer receive(RawClient& client, bool has_body = true) {
    std::optional<Answer> answer;
    client.receive_until(
        [&] { return (answer = take_answer(client.received, has_body)).has_value(); });
    EXPECT_TRUE(answer) << client.received << (client.is_at_end() ? " and the end" : "");
    return answer.value_or(Answer{});
  }
  /// One connection of kind `i`: with some requests, and an end that is the client's or the
  /// server's.
  void connect_and_leave(int i) {
    RawClient client(loop, url());
    for (int requests = i % 4; requests > 0; --requests) {
      EXPECT_EQ(ask(client, {.path = "/healthz"}).status, 200);
    }
    switch (i / 4 % 5) {
      case 0: break;
      case 1: client.send("GET /heal"); break;
      case 2: client.send("rubbish\r\n\r\n"); break;
      case 3: client.send(text_of({.path = "/healthz"})); break;
      default: client.send(text_of({.path = "/healthz", .headers = kKeep}));
    }
    run();
    client.close(i % 3 == 0);
    run();
  }
};

TEST_F(HttpKeepAlive, OneConnectionCarriesManyRequestsOfEachKind) {
  Settings settings;
  settings.static_dir = std::string(VECHE_SOURCE_DIR) + "/tests/unit/http/page";
  start(settings);
  RawClient client(loop, url());
  const size_t open = descriptors();
  const Answer first = ask(client, {.path = "/healthz"});
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.header("connection"), "keep-alive");
  EXPECT_EQ(first.header("keep-alive"), "timeout=75");
  const std::string body = R"({"metadata":{"long":")" + std::string(10'000, 'x') + "\"}}";
  for (int i = 0; i < 20; ++i) {
    const Call put{.method = "PUT",
                   .path = "/v1/rooms/blue",
                   .body = body,
                   .content_type = "application/json",
                   .headers = kKeep};
    EXPECT_EQ(ask(client, put).status, 201);
    const Answer read = ask(client, {.path = "/v1/rooms/blue"});
    EXPECT_NE(read.body.find("xxx"), std::string::npos);
    EXPECT_EQ(ask(client, {.path = "/v1/rooms/blue",
                           .headers = kKeep + ("If-None-Match: " + read.header("etag")) + "\r\n"})
                  .status,
              304);
    EXPECT_EQ(ask(client, {.method = "HEAD", .path = "/v1/rooms/blue"}).status, 200);
    EXPECT_EQ(ask(client, {.path = "/v1/rooms/blue", .key = "dev.wrong"}).status, 401);
    EXPECT_EQ(ask(client, {.path = "/nowhere"}).status, 404);
    EXPECT_EQ(ask(client, {.path = "/", .key = ""}).status, 200);
    EXPECT_EQ(ask(client, {.method = "DELETE", .path = "/v1/rooms/blue"}).status, 204);
  }
  EXPECT_EQ(descriptors(), open + 1) << "the server's side of the one connection";
  EXPECT_FALSE(client.is_at_end());
}

TEST_F(HttpKeepAlive, ARequestBodyThatIsRefusedDoesNotBecomeTheNextRequest) {
  RawClient client(loop, url());
  const std::string large(300 * 1024, 'v');
  const Answer refused = ask(client, {.method = "PUT",
                                      .path = "/v1/rooms/blue",
                                      .body = large,
                                      .content_type = "application/json",
                                      .headers = kKeep});
  EXPECT_EQ(refused.status, 413);
  EXPECT_EQ(ask(client, {.path = "/healthz"}).status, 200);
}

TEST_F(HttpKeepAlive, AnswersPipelinedRequestsInTheirOrder) {
  RawClient client(loop, url());
  std::string requests;
  for (int i = 0; i < 300; ++i) {
    requests += text_of({.path = i % 2 == 0 ? "/healthz" : "/nowhere", .headers = kKeep});
  }
  client.send(requests + text_of({.path = "/v1/rooms"}));
  for (int i = 0; i < 300; ++i) EXPECT_EQ(receive(client).status, i % 2 == 0 ? 200 : 404) << i;
  client.receive_all();
  EXPECT_EQ(parse_answer(client.received).status, 200);
}

TEST_F(HttpKeepAlive, TakesTheNextRequestThatComesInPieces) {
  RawClient client(loop, url());
  ask(client, {.path = "/healthz"});
  for (const char c : text_of({.path = "/healthz", .headers = kKeep})) {
    client.send({c});
    run();
  }
  EXPECT_EQ(receive(client).status, 200);
}

TEST_F(HttpKeepAlive, ClosesWhenTheClientAsksForItOrTheNextBeginningIsUncertain) {
  const std::string host = "Host: x\r\n", put = "PUT /v1/rooms/a HTTP/1.1\r\n" + host;
  for (const std::string& text : {
           "GET /healthz HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
           "GET /healthz HTTP/1.1\r\n" + host + "Connection: foo, Close\r\n\r\n",
           "GET /healthz HTTP/1.0\r\n" + host + "Connection: keep-alive\r\n\r\n",
           put + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           put + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
           put + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
           "GET /healthz HTTP/1.1\r\nTransfer-Encoding: odd\r\n" + host + "\r\n",
       }) {
    RawClient client(loop, url());
    ask(client, {.path = "/healthz"});
    client.send(text);
    client.receive_all();
    EXPECT_TRUE(client.is_at_end()) << text;
    EXPECT_EQ(client.received.find("keep-alive"), std::string::npos) << client.received;
  }
}

TEST_F(HttpKeepAlive, ClosesWhatStaysIdle) {
  Settings settings;
  settings.deadlines.idle_ms = 50;
  start(settings);
  const size_t before = descriptors();
  RawClient client(loop, url());
  ask(client, {.path = "/healthz"});
  client.receive_all();
  EXPECT_TRUE(client.is_at_end());
  EXPECT_EQ(descriptors(), before + 1) << "the client's";
}

TEST_F(HttpKeepAlive, TheSecondRequestHasItsDeadlineToo) {
  Settings settings;
  settings.deadlines.receive_ms = 50;
  start(settings);
  RawClient client(loop, url());
  ask(client, {.path = "/healthz"});
  client.send("GET /heal");
  client.receive_all();
  EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpKeepAlive, EndsWithTheServer) {
  RawClient client(loop, url());
  ask(client, {.path = "/healthz"});
  server = nullptr;
  client.receive_all();
  EXPECT_TRUE(client.is_at_end());
  start({});
}

TEST_F(HttpKeepAlive, CarriesAWebSocketAfterARequest) {
  ASSERT_TRUE((*rooms->create_room("blue", {}))->join("ann", {}).ok());
  RawClient client(loop, url());
  ask(client, {.path = "/healthz"});
  client.send(text_of(
      {.path = "/v1/rooms/blue/participants/ann/events",
       .headers = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Protocol: veche.v1\r\n"}));
  client.receive_until([&] { return client.received.find("snapshot") != std::string::npos; });
  EXPECT_EQ(parse_answer(client.received).status, 101);
}

TEST_F(HttpKeepAlive, DescriptorsReturnAfterManyConnections) {
  for (int i = 0; i < 20; ++i) connect_and_leave(i);
  const size_t before = descriptors();
  for (int i = 0; i < test::repetitions(10'000); ++i) connect_and_leave(i);
  EXPECT_TRUE(run_until([&] { return descriptors() <= before; }))
      << before << " became " << descriptors();
}

TEST_F(HttpKeepAlive, IdleConnectionsMakeRoomForNewOnes) {
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 50; ++i) {
    idle.push_back(std::make_unique<RawClient>(loop, url()));
    ask(*idle.back(), {.path = "/healthz"});
  }
  RawClient client(loop, url());
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int lowest = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
  ::close(lowest);
  const rlimit limit{static_cast<rlim_t>(lowest), before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &limit);
  client.send(text_of({.path = "/healthz", .headers = kKeep}));
  client.receive_all();
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(parse_answer(client.received).status, 200);
  for (const auto& each : idle) each->receive();
  EXPECT_TRUE(idle.front()->is_at_end()) << "the oldest";
}

TEST_F(HttpKeepAlive, NoMoreStayIdleWhileMoreThanHalfOfTheDescriptorsAreTaken) {
  RawClient idle(loop, url()), last(loop, url());
  EXPECT_EQ(ask(idle, {.path = "/healthz"}).header("connection"), "keep-alive");
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit limit{static_cast<rlim_t>(taken_descriptors(0) * 2 - 2), before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &limit);
  last.send(text_of({.path = "/healthz", .headers = kKeep}));
  last.receive_all();
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(parse_answer(last.received).header("connection"), "close") << "the client is told";
  EXPECT_FALSE(idle.is_at_end());
}

class HttpTlsKeepAlive : public HttpKeepAlive {
 protected:
  void SetUp() override { start_tls(Deadlines{}.idle_ms); }
  void start_tls(uint32_t idle_ms) {
    Settings settings;
    settings.tls = certificates.make("first");
    settings.deadlines.idle_ms = idle_ms;
    start(settings);
  }
  static Answer ask(TlsClient& client, const Call& call) {
    client.send(text_of(call));
    std::optional<Answer> answer;
    client.receive_until([&] { return (answer = take_answer(client.received)).has_value(); });
    return answer.value_or(Answer{});
  }
  /// Twenty requests on a connection of their own.
  void ask_often() {
    TlsClient client(loop, url());
    ASSERT_TRUE(client.handshake());
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(ask(client, {.path = "/v1/rooms", .headers = kKeep}).status, 200) << i;
    }
    client.close();
  }
  /// GIO opens threads and files once.
  size_t descriptors_after_first_use() {
    ask_often();
    run();
    return descriptors();
  }
  Certificates certificates;
};

TEST_F(HttpTlsKeepAlive, OneHandshakeServesManyRequests) {
  const size_t before = descriptors_after_first_use();
  for (int i = 0; i < 20; ++i) ask_often();
  EXPECT_TRUE(run_until([&] { return descriptors() <= before; }))
      << before << " became " << descriptors();
}

TEST_F(HttpTlsKeepAlive, ClosesWhatStaysIdleThoughTheClientReadsNothing) {
  start_tls(100);
  const size_t before = descriptors_after_first_use();
  TlsClient client(loop, url());
  ASSERT_TRUE(client.handshake());
  EXPECT_EQ(ask(client, {.path = "/healthz", .headers = kKeep}).status, 200);
  EXPECT_TRUE(run_until([&] { return descriptors() == before + 1; })) << "the client's is left";
}

}  // namespace
}  // namespace veche::http
