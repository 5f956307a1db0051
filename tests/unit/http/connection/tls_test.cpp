// SPDX-License-Identifier: Apache-2.0
// Tests of the API over TLS: requests, WebSockets, certificates that change, and leaks of
// connections.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "../../allocated_bytes.hpp"
#include "../../repetitions.hpp"
#include "http/connection/acceptor.hpp"
#include "http/connection/client_watch.hpp"
#include "tls_client.hpp"

namespace veche::http {
namespace {

class HttpTls : public HttpTest {
 protected:
  void SetUp() override { start_tls(Deadlines{}.handshake_ms); }
  void start_tls(uint32_t handshake_ms) {
    Settings settings;
    settings.tls = certificates.make("first");
    settings.deadlines.handshake_ms = handshake_ms;
    start(settings);
  }
  /// A connection with a completed handshake.
  std::unique_ptr<TlsClient> connect_tls() {
    auto client = std::make_unique<TlsClient>(loop, url());
    EXPECT_TRUE(client->handshake());
    return client;
  }
  Answer call_tls(const Call& call) {
    const auto client = connect_tls();
    client->send(text_of(call));
    client->receive_all();
    EXPECT_TRUE(client->raw.is_at_end());
    return parse_answer(client->received);
  }
  static Settings settings_of(const TlsFiles& files) {
    Settings settings;
    settings.keys = {{"new", "newsecret", {"admin"}}};
    settings.tls = files;
    return settings;
  }

  Certificates certificates;
};

TEST_F(HttpTls, AnswersRequests) {
  EXPECT_EQ(url().rfind("https://127.0.0.1:", 0), 0u) << url();
  EXPECT_EQ(call_tls({.path = "/healthz"}).status, 200);
  const Answer put = call_tls({.method = "PUT",
                               .path = "/v1/rooms/blue",
                               .body = R"({"max_participants": 7})",
                               .content_type = "application/json"});
  EXPECT_EQ(put.status, 201) << put.body;
  EXPECT_EQ(call_tls({.path = "/v1/rooms/blue", .key = "dev.wrong"}).status, 401);
}

TEST_F(HttpTls, CarriesWebSockets) {
  ASSERT_TRUE((*rooms->create_room("blue", {}))->join("ann", {}).ok());
  const auto client = connect_tls();
  client->send(text_of(
      {.path = "/v1/rooms/blue/participants/ann/events",
       .headers = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Protocol: veche.v1\r\n"}));
  const auto has = [&](const char* text) {
    return client->received.find(text) != std::string::npos;
  };
  client->receive_until([&] { return has("\"snapshot\""); });
  EXPECT_TRUE(has("HTTP/1.1 101")) << client->received;
  rooms->drain(300, false);
  client->receive_until([&] { return has("\"draining\""); });
  EXPECT_TRUE(has("\"draining\"")) << client->received;
  rooms->stop();
  client->receive_until([&] { return has("server_stopping"); });
  EXPECT_TRUE(has("server_stopping"));
}

TEST_F(HttpTls, AnswersNothingOlderThan12) {
  const auto answer_to = [this](int version) {
    TlsClient client(loop, url(), version);
    // Without the environment that main sets, the handshake itself succeeds.
    if (client.handshake()) client.send(text_of({.path = "/healthz"}));
    client.receive_all();
    EXPECT_TRUE(client.raw.is_at_end());
    return parse_answer(client.received).status;
  };
  EXPECT_EQ(answer_to(TLS1_3_VERSION), 200);
  EXPECT_EQ(answer_to(TLS1_2_VERSION), 200);
  EXPECT_EQ(answer_to(TLS1_1_VERSION), 0);
  EXPECT_EQ(answer_to(TLS1_VERSION), 0);
}

TEST_F(HttpTls, ClosesOnThoseWhoDoNotSpeakIt) {
  start_tls(300);
  RawClient plain(loop, url());
  plain.send(text_of({.path = "/healthz"}));
  plain.receive_all();
  EXPECT_TRUE(plain.is_at_end());
  EXPECT_EQ(plain.received.find("HTTP"), std::string::npos);
  RawClient silent(loop, url());
  silent.receive_all();
  EXPECT_TRUE(silent.is_at_end()) << "the handshake has a deadline";
}

TEST_F(HttpTls, GivesNewConnectionsTheNewCertificate) {
  const auto old = connect_tls();
  EXPECT_EQ(old->server_name(), "first");
  ASSERT_TRUE(server->use(settings_of(certificates.make("second"))).ok());
  EXPECT_EQ(connect_tls()->server_name(), "second");
  old->send(text_of({.path = "/v1/server", .key = "new.newsecret"}));
  old->receive_all();
  EXPECT_EQ(parse_answer(old->received).status, 200) << "the old connection goes on";
}

TEST_F(HttpTls, ChangesAllOrNothing) {
  TlsFiles broken = certificates.make("second");
  broken.key = certificates.write("broken.key", "rubbish");
  EXPECT_FALSE(server->use(settings_of(broken)).ok());
  EXPECT_EQ(connect_tls()->server_name(), "first");
  EXPECT_EQ(call_tls({.path = "/v1/server"}).status, 200) << "the old key is still good";
  ASSERT_TRUE(server->use(settings_of(certificates.make("third"))).ok());
  EXPECT_EQ(call_tls({.path = "/v1/server"}).status, 401);
  EXPECT_EQ(call_tls({.path = "/v1/server", .key = "new.newsecret"}).status, 200);
}

TEST_F(HttpTls, NeitherComesNorGoesWhileItServes) {
  ASSERT_TRUE(server->use(settings_of({})).ok());
  EXPECT_EQ(connect_tls()->server_name(), "first");
  start({});
  ASSERT_TRUE(server->use(settings_of(certificates.make("second"))).ok());
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST(TlsCertificate, IsRefusedWithTheFileAndTheReason) {
  const Certificates certificates;
  const TlsFiles good = certificates.make("good"), other = certificates.make("other");
  const std::string rubbish = certificates.write("rubbish.pem", "rubbish");
  const auto refusal = [](const TlsFiles& files) {
    const auto loaded = load_certificate(files);
    return loaded.ok() ? "" : loaded.error().message;
  };
  EXPECT_EQ(refusal(good), "");
  EXPECT_EQ(refusal({}), "");
  EXPECT_EQ(refusal(certificates.make("old", -60)), "") << "it is warned of";
  const auto expect = [&](const TlsFiles& files, const std::string& file, const char* reason) {
    const std::string message = refusal(files);
    EXPECT_NE(message.find(file), std::string::npos) << message;
    EXPECT_NE(message.find(reason), std::string::npos) << message;
  };
  expect({"/nowhere.pem", good.key}, "/nowhere.pem", "No such file");
  expect({good.certificate, "/nowhere.key"}, "/nowhere.key", "No such file");
  expect({rubbish, good.key}, rubbish, "no certificate");
  expect({good.certificate, rubbish}, rubbish, "no key");
  expect({good.certificate, other.key}, other.key, "is not that of");
  const std::string encrypted = certificates.encrypt(good);
  expect({good.certificate, encrypted}, encrypted, "pass phrase");
}

class HttpTlsRemains : public HttpTls {
 protected:
  void SetUp() override { start_tls(1000); }
  /// One connection of kind `i`: complete, or abandoned at some point.
  void connect_and_leave(int i) {
    if (i % 6 == 0) {
      RawClient client(loop, url());
      client.send(i % 12 == 0 ? "GET / HTTP/1.1\r\n\r\n" : "\x16\x03\x01\x02");
      run();
      client.close(i % 12 == 0);
      run();
      return;
    }
    TlsClient client(loop, url());
    ASSERT_TRUE(client.handshake());
    const Call call{.path = "/healthz", .headers = "Connection: keep-alive\r\n"};
    if (i % 6 == 2) client.send("GET /heal");
    if (i % 6 > 2) client.send(text_of(call));
    if (i % 6 > 3) client.receive_until([&] { return client.received.size() > 16; });
    if (i % 6 == 5) {
      client.close();
    } else {
      client.raw.close(i % 4 == 0);
    }
    run();
  }
};

TEST_F(HttpTlsRemains, DescriptorsAndMemoryReturnAfterManyConnections) {
  constexpr int kCount = test::repetitions(600);
  const auto connect_many = [this](int count) {
    for (int i = 0; i < count; ++i) connect_and_leave(i);
  };
  connect_many(kCount);  // One-time allocations: threads, types, caches.
  RawClient last(loop, url());
  last.receive_all();  // Until its deadline; the others have ended by then.
  const size_t before = descriptors();
  const size_t bytes = test::allocated_bytes();
  connect_many(kCount);
  EXPECT_TRUE(run_until([&] { return descriptors() <= before; }))
      << before << " became " << descriptors();
  // A leaked connection would take more; caches of other threads vary.
  EXPECT_TRUE(run_until([&] { return test::allocated_bytes() < bytes + kCount * 512; }))
      << bytes << " bytes became " << test::allocated_bytes();
}

TEST(ClientWatch, SeesPastWhatTheClientSentBefore) {
  glib::ControlLoop loop;
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const glib::Ref<GSocket> socket = glib::adopt(g_socket_new_from_fd(pair[0], nullptr));
  int gone = 0;
  const ClientWatch watch(socket.get(), loop.context(), [&] { ++gone; });
  ASSERT_EQ(::send(pair[1], "bye", 3, 0), 3);
  while (loop.iterate()) {
  }
  EXPECT_EQ(gone, 0);
  ::shutdown(pair[1], SHUT_WR);
  while (loop.iterate()) {
  }
  EXPECT_EQ(gone, 1);
  ::close(pair[1]);
}

TEST(KeepCloseFromWaiting, EndsOnlyWhatCannotBeWritten) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const glib::Ref<GSocket> socket = glib::adopt(g_socket_new_from_fd(pair[0], nullptr));
  keep_close_from_waiting(socket.get());
  size_t sent = 0;
  const std::string block(4096, 'v');
  for (;;) {
    const gssize count = g_socket_send_with_blocking(socket.get(), block.data(), block.size(),
                                                     FALSE, nullptr, nullptr);
    if (count <= 0) break;
    sent += static_cast<size_t>(count);
  }
  EXPECT_GT(sent, 0u) << "it was writable";
  keep_close_from_waiting(socket.get());
  EXPECT_LT(g_socket_send(socket.get(), "x", 1, nullptr, nullptr), 0) << "and did not wait";
  size_t received = 0;
  char buffer[4096];
  for (ssize_t count = 1; count > 0; received += static_cast<size_t>(count)) {
    count = ::recv(pair[1], buffer, sizeof buffer, 0);
    ASSERT_GE(count, 0);
  }
  EXPECT_EQ(received, sent) << "what was sent arrives";
  ::close(pair[1]);
}

}  // namespace
}  // namespace veche::http
