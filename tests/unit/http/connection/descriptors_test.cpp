// SPDX-License-Identifier: Apache-2.0
// A connection must not hold a descriptor after its end.
#include <gtest/gtest.h>
#include <libsoup/soup.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../http_fixture.hpp"
#include "http/connection/soup_socket.hpp"

namespace veche::http {
namespace {

/// Counts the sockets of connections that started during its lifetime.
class LivingSockets {
 public:
  LivingSockets()
      : class_(g_type_class_ref(SOUP_TYPE_SERVER)),
        signal_(g_signal_lookup("request-started", SOUP_TYPE_SERVER)),
        hook_(g_signal_add_emission_hook(signal_, 0, on_begun, this, nullptr)) {}
  ~LivingSockets() {
    g_signal_remove_emission_hook(signal_, hook_);
    g_type_class_unref(class_);
  }
  LivingSockets(const LivingSockets&) = delete;
  LivingSockets& operator=(const LivingSockets&) = delete;

  size_t begun = 0;
  size_t gone = 0;

 private:
  static gboolean on_begun(GSignalInvocationHint*, guint, const GValue* arguments, gpointer data) {
    auto* self = static_cast<LivingSockets*>(data);
    auto* message = static_cast<SoupServerMessage*>(g_value_get_object(&arguments[1]));
    self->begun += 1;
    g_object_weak_ref(
        G_OBJECT(socket_of(message)),
        [](gpointer counter, GObject*) { static_cast<LivingSockets*>(counter)->gone += 1; }, self);
    return TRUE;
  }

  const gpointer class_;  ///< Without its class the type has no signals.
  const guint signal_;
  const gulong hook_;
};

class HttpDescriptors : public HttpTest {
 protected:
  /// One connection of kind `i`: complete, kept alive by the client, or abandoned at some point.
  void connect_and_leave(int i) {
    RawClient client(loop, url());
    const std::string get = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n";
    switch (i % 8) {
      case 0: break;
      case 1: client.send("GET /heal"); break;
      case 2: client.send(get); break;
      case 3:
        client.send("PUT /v1/rooms/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{");
        break;
      case 4: client.send("rubbish\r\n\r\n"); break;
      case 5: client.send(get + get); break;
      default:
        client.send(get);
        client.receive_until([&] { return client.received.find("\"ok\"") != std::string::npos; });
    }
    run();
    client.close(i % 2 == 0);
    run();
  }
};

TEST_F(HttpDescriptors, ReturnAfterAThousandConnections) {
  for (int i = 0; i < 16; ++i) connect_and_leave(i);
  const size_t before = descriptors();
  for (int i = 0; i < 1000; ++i) connect_and_leave(i);
  EXPECT_TRUE(run_until([&] { return descriptors() <= before; }))
      << before << " became " << descriptors();
}

TEST_F(HttpDescriptors, AreNotAllThatGoesWithAConnection) {
  LivingSockets sockets;
  for (int i = 0; i < 64; ++i) connect_and_leave(i);
  EXPECT_GE(sockets.begun, 64u);
  EXPECT_TRUE(run_until([&] { return sockets.gone == sockets.begun; }))
      << sockets.begun << " sockets, of which only " << sockets.gone << " were freed";
}

/// During its lifetime no descriptor can be opened.
class Shortage {
 public:
  Shortage() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int first_free = ::dup(0);
    ::close(first_free);
    const rlimit limit{static_cast<rlim_t>(first_free), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  ~Shortage() { setrlimit(RLIMIT_NOFILE, &before_); }
  Shortage(const Shortage&) = delete;
  Shortage& operator=(const Shortage&) = delete;

 private:
  rlimit before_{};
};

TEST_F(HttpDescriptors, MayRunOutForAWhile) {
  RawClient client(loop, url());
  client.send(text_of({.path = "/healthz"}));
  {
    const Shortage shortage;
    ASSERT_EQ(::dup(0), -1);
    run();
  }
  client.receive_all();
  EXPECT_EQ(parse_answer(client.received).status, 200);
}

TEST_F(HttpDescriptors, ReturnAfterManyAtOnce) {
  const size_t before = descriptors();
  {
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 200; ++i) {
      clients.push_back(std::make_unique<RawClient>(loop, url()));
      clients.back()->send(text_of({.path = "/healthz"}));
    }
    for (const auto& client : clients) {
      client->receive_all();
      EXPECT_EQ(parse_answer(client->received).status, 200);
    }
  }
  EXPECT_TRUE(run_until([&] { return descriptors() <= before; }))
      << before << " became " << descriptors();
}

TEST_F(HttpDescriptors, ReturnAfterSessionsAndWebSocketsThatClientsAbandon) {
  Settings settings;
  settings.limits.offers = {};
  start(settings);
  connect("ann");
  const size_t before = descriptors();
  for (int i = 0; i < 50; ++i) {
    {
      const auto offer = post_offer("bob");
      RawClient events(loop, url());
      events.send(text_of(
          {.path = "/v1/rooms/blue/participants/ann/events",
           .headers = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      "Sec-WebSocket-Protocol: veche.v1\r\n"}));
      if (i % 2 == 0)
        events.receive_until([&] { return events.received.find("snapshot") != std::string::npos; });
      offer->close(i % 3 == 0);
      events.close(i % 3 == 0);
    }
    newest_session().answer();
    run();
  }
  EXPECT_TRUE(run_until([&] { return descriptors() <= before; }))
      << before << " became " << descriptors();
}

}  // namespace
}  // namespace veche::http
