// SPDX-License-Identifier: Apache-2.0
// The raw client, and the server under test.
#include "http_fixture.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <optional>

#include "../run_loop.hpp"
#include "documented.hpp"

namespace veche::http {
namespace {

/// Read once, from the first server of this process.
std::optional<Documented> documented;
const SigningKey kSigningKey{"one", "the secret of the signing key of the tests"};

/// Wakes the loop whenever a descriptor is ready, as long as this lives.
class Wakeup {
 public:
  Wakeup(const glib::ControlLoop& loop, int descriptor, GIOCondition condition)
      : source_(g_unix_fd_source_new(descriptor, condition)) {
    const auto nothing =
        +[](gint, GIOCondition, gpointer) -> gboolean { return G_SOURCE_CONTINUE; };
    g_source_set_callback(source_, G_SOURCE_FUNC(nothing), nullptr, nullptr);
    g_source_attach(source_, loop.context());
  }
  ~Wakeup() {
    g_source_destroy(source_);
    g_source_unref(source_);
  }
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

 private:
  GSource* source_;
};

}  // namespace

RawClient::RawClient(glib::ControlLoop& loop, const std::string& url, int receive_buffer_bytes)
    : loop_(loop), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  }
  // A small write does not wait for the previous acknowledgement.
  const int at_once = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The backlog accepts the connection at once.
  EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

void RawClient::close(bool reset) {
  if (socket_ < 0) return;
  const linger at_once{1, 0};
  if (reset) ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
}

ssize_t RawClient::send_some(const std::string& bytes) {
  const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return count < 0 && errno == EAGAIN ? 0 : count;
}

bool RawClient::send(const std::string& bytes) {
  size_t sent = 0;
  bool is_open = true;
  const Wakeup writable(loop_, socket_, G_IO_OUT);
  test::run_loop_until(loop_, [&] {
    const ssize_t count = send_some(bytes.substr(sent));
    is_open = count >= 0;
    if (is_open) sent += static_cast<size_t>(count);
    return !is_open || sent == bytes.size();
  });
  return sent == bytes.size();
}

bool RawClient::receive() {
  char buffer[16384];
  while (!is_at_end_) {
    const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count < 0 && errno == EAGAIN) return true;
    if (count <= 0) is_at_end_ = true;
    if (count > 0) received.append(buffer, static_cast<size_t>(count));
  }
  return false;
}

void RawClient::receive_until(const std::function<bool()>& done) {
  const Wakeup readable(loop_, socket_, G_IO_IN);
  test::run_loop_until(loop_, [&] { return !receive() || done(); });
}

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

Answer parse_answer(const std::string& text) {
  Answer answer;
  const size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos || text.rfind("HTTP/1.", 0) != 0) return answer;
  answer.status = std::stoi(text.substr(9, 3));
  answer.body = text.substr(end + 4);
  size_t line = text.find("\r\n") + 2;
  while (line < end) {
    const size_t stop = text.find("\r\n", line);
    const size_t colon = text.find(": ", line);
    std::string name = text.substr(line, colon - line);
    for (char& c : name) c = g_ascii_tolower(c);
    std::string& value = answer.headers[name];
    value += (value.empty() ? "" : "\n") + text.substr(colon + 2, stop - colon - 2);
    line = stop + 2;
  }
  return answer;
}

std::string text_of(const Call& call) {
  std::string text = call.method + " " + call.path + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!call.key.empty()) text += "Authorization: Bearer " + call.key + "\r\n";
  if (!call.content_type.empty()) text += "Content-Type: " + call.content_type + "\r\n";
  if (!call.body.empty()) text += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  if (call.headers.find("Connection: ") == std::string::npos) text += "Connection: close\r\n";
  return text + call.headers + "\r\n" + call.body;
}

size_t descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

HttpTest::HttpTest()
    : events(std::move(events::Log::open(loop, {})).value()),
      rooms(std::make_unique<room::Server>(loop, engine, room::Limits{}, 0)),
      plugins(std::move(plugin::Host::load(loop, {})).value()) {
  rooms->add_room_settings(engine.selector_settings);
  rooms->add_event_handler(
      [this](const room::Event& event) { events->append(events::of_room(event)); });
  auto made = std::make_unique<events::FakeCourier>();
  courier = made.get();
  webhooks = events::Webhooks::start(loop, *events, std::move(made), events::WebhookSettings{},
                                     events::real_now, events::real_random)
                 .value();
  // libsoup reports misuse like this.
  g_log_set_always_fatal(GLogLevelFlags(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL));
}

Settings HttpTest::settings(Settings settings) {
  settings.listen = {"127.0.0.1:0"};
  settings.keys = {{"dev", "devsecret", {"admin"}},
                   {"back", "backsecret", {"rooms"}},
                   {"eye", "eyesecret", {"read"}},
                   {"graph", "graphsecret", {"metrics"}}};
  settings.signing_keys = {kSigningKey};
  return settings;
}

void HttpTest::start(const Settings& changes) {
  server = nullptr;
  if (!documented) {
    server = Server::start(loop, settings(), *rooms, *plugins, *events, *webhooks).value();
    const Answer document = call({.path = "/v1/openapi.json"});
    documented.emplace(document.body);
    server = nullptr;
  }
  auto started = Server::start(loop, settings(changes), *rooms, *plugins, *events, *webhooks);
  ASSERT_TRUE(started.ok()) << started.error().message;
  server = std::move(*started);
}

Answer HttpTest::call(const Call& call) {
  RawClient client(loop, url());
  client.send(text_of(call));
  client.receive_all();
  EXPECT_TRUE(client.is_at_end()) << call.method << " " << call.path << " was not answered";
  Answer answer = parse_answer(client.received);
  if (documented) {
    EXPECT_EQ(documented->complaint(call.method, call.path, answer.status), "");
  }
  return answer;
}

Answer HttpTest::offer_with(const std::string& credential, const std::string& room,
                            const std::string& participant) {
  const auto sessions = [&] {
    size_t count = 0;
    for (const auto& each : engine.rooms) count += each->sessions.size();
    return count;
  };
  const size_t before = sessions();
  RawClient client(loop, url());
  client.send(text_of({.method = "POST",
                       .path = "/v1/rooms/" + room + "/participants/" + participant + "/session",
                       .body = "TSS",
                       .content_type = "application/sdp",
                       .key = credential}));
  client.receive_until([&] { return sessions() > before; });
  if (sessions() > before) {
    newest_session().answer();
    newest_session().connect();
    client.receive_all();
  }
  return parse_answer(client.received);
}

std::string HttpTest::token_of(JoinToken token) {
  if (token.issued_ms == 0) token.issued_ms = unix_ms();
  if (token.expires_ms == 0) token.expires_ms = token.issued_ms + 60'000;
  return mint_token(token, kSigningKey.id, kSigningKey.secret).value();
}

std::string HttpTest::token_in(const Answer& invitation) {
  const size_t begin = invitation.body.find("\"token\":\"") + 9;
  return invitation.body.substr(begin, invitation.body.find('"', begin) - begin);
}

bool HttpTest::run_until(const std::function<bool()>& done) {
  return test::run_loop_until(loop, done);
}

void HttpTest::run() {
  while (loop.iterate()) {
  }
}

std::unique_ptr<RawClient> HttpTest::post_offer(const std::string& participant,
                                                const std::string& credential) {
  const auto offers = [&] {
    size_t count = 0;
    for (const auto& room : engine.rooms) count += room->sessions.size();
    return count;
  };
  const size_t before = offers();
  auto client = std::make_unique<RawClient>(loop, url());
  client->send(text_of({.method = "POST",
                        .path = "/v1/rooms/blue/participants/" + participant + "/session",
                        .body = "TSS",
                        .content_type = "application/sdp",
                        .key = credential}));
  client->receive_until([&] { return offers() > before; });
  EXPECT_GT(offers(), before) << client->received;
  return client;
}

void HttpTest::connect(const std::string& participant) {
  const auto client = post_offer(participant);
  newest_session().answer();
  newest_session().connect();
  client->receive_all();
  EXPECT_EQ(parse_answer(client->received).status, 201);
}

}  // namespace veche::http
