// SPDX-License-Identifier: Apache-2.0
// A real HTTP server on the fake media layer, and a client of raw sockets that runs the server's
// loop while it waits.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "../events/webhooks/fake_courier.hpp"
#include "../room/fake_media.hpp"
#include "base/time.hpp"
#include "events/room_event.hpp"
#include "events/webhooks/webhooks.hpp"
#include "http/server.hpp"

namespace veche::http {

/// One connection to the server. Everything is non-blocking: the server runs in the same thread.
class RawClient {
 public:
  RawClient(glib::ControlLoop& loop, const std::string& url, int receive_buffer_bytes = 0);
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// Sends what the socket takes at once; -1 when the server has closed.
  ssize_t send_some(const std::string& bytes);
  /// Sends until the server takes no more; false when it has closed.
  bool send(const std::string& bytes);
  /// Receives the available bytes; false at the end of the stream.
  bool receive();
  /// Runs the server until `done`, or the end of the stream, or 5 s.
  void receive_until(const std::function<bool()>& done);
  void receive_all() {
    receive_until([] { return false; });
  }
  /// With `reset` the server gets a TCP reset.
  void close(bool reset = false);
  bool is_at_end() const { return is_at_end_; }

  std::string received;

 private:
  glib::ControlLoop& loop_;
  int socket_;
  bool is_at_end_ = false;
};

struct Answer {
  int status = 0;
  /// Names in lower case; repeated ones are joined by newlines.
  std::map<std::string, std::string> headers;
  std::string body;
  std::string header(const std::string& name) const;
};
Answer parse_answer(const std::string& text);

struct Call {
  std::string method = "GET";
  std::string path;
  std::string body;
  std::string content_type;
  std::string key = "dev.devsecret";
  std::string headers;  ///< Further ones, each with its CRLF.
};
/// Asks for the end of the connection, unless `headers` say otherwise.
std::string text_of(const Call& call);

/// The number that this process has open.
size_t descriptors();

class HttpTest : public testing::Test {
 protected:
  HttpTest();
  void SetUp() override { start({}); }
  /// Posted tasks run while this test's loop exists: all loops share one GMainContext.
  void TearDown() override {
    rooms->stop();
    run();
    server = nullptr;
    run();
  }
  /// With the keys of this fixture, on a free port.
  static Settings settings(Settings changes = {});
  /// The API's document has to name every status that call() sees from then on.
  void start(const Settings& changes);

  std::string url() const { return server->addresses().at(0); }
  Answer call(const Call& call);
  Answer get(const std::string& path, const std::string& headers = "") {
    return call({.path = path, .headers = headers});
  }
  Answer json(const std::string& method, const std::string& path, const std::string& body,
              const std::string& headers = "") {
    return call({.method = method,
                 .path = path,
                 .body = body,
                 .content_type = "application/json",
                 .headers = headers});
  }
  /// Runs the loop until `done` or 5 s.
  bool run_until(const std::function<bool()>& done);
  /// Runs all ready sources.
  void run();
  /// Posts an offer and leaves it unanswered.
  std::unique_ptr<RawClient> post_offer(const std::string& participant,
                                        const std::string& credential = "dev.devsecret");
  room::FakeSession& newest_session() { return engine.rooms.back()->newest(); }
  /// A participant with a connected session.
  void connect(const std::string& participant);
  /// Posts an offer; if it is taken, the session connects.
  Answer offer_with(const std::string& credential, const std::string& room = "blue",
                    const std::string& participant = "ann");
  /// A token as a backend signs it: issued now and good for a minute, unless it says otherwise.
  static std::string token_of(JoinToken token);
  /// The token of an invitation.
  static std::string token_in(const Answer& invitation);

  glib::ControlLoop loop;
  room::FakeEngine engine;
  std::unique_ptr<veche::events::Log> events;     ///< Outlives the rooms, whose events it takes.
  veche::events::FakeCourier* courier = nullptr;  ///< Of `webhooks`.
  std::unique_ptr<veche::events::Webhooks> webhooks;
  std::unique_ptr<room::Server> rooms;
  std::unique_ptr<plugin::Host> plugins;
  std::unique_ptr<Server> server;
};

}  // namespace veche::http
