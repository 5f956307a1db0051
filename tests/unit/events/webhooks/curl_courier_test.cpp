// SPDX-License-Identifier: Apache-2.0
// Real requests over loopback to receivers that answer as the test says, or not at all.
#include "events/webhooks/curl_courier.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "../../run_loop.hpp"

namespace veche::events {
namespace {

constexpr char kNoContent[] = "HTTP/1.1 204 No Content\r\n\r\n";

/// Answers each connection with the same bytes, once a whole request has come; without an answer it
/// keeps the connection open.
class Receiver {
 public:
  explicit Receiver(std::string answer)
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Receiver() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int connection : kept_) ::close(connection);
    ::close(listener_);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  std::string url(const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port_) + "/events";
  }
  int connections() const { return connections_; }
  std::string request() {
    const std::lock_guard lock(mutex_);
    return request_;
  }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      ++connections_;
      std::string request;
      char buffer[4096];
      while (request.find("the end\"}") == std::string::npos) {
        const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
        if (count <= 0) break;
        request.append(buffer, static_cast<size_t>(count));
      }
      {
        const std::lock_guard lock(mutex_);
        request_ = request;
      }
      if (answer_.empty()) {
        kept_.push_back(connection);
        continue;
      }
      ::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      ::close(connection);
    }
  }

  const std::string answer_;
  const int listener_;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::string request_;
  std::vector<int> kept_;
  std::thread thread_;
};

class CurlCourierTest : public testing::Test {
 protected:
  CurlCourierTest() : courier(std::make_unique<CurlCourier>(loop)) {
    courier->use({.allow_private = true}, "");
  }
  void TearDown() override {
    courier = nullptr;
    while (loop.iterate()) {
    }
  }
  static Attempt attempt(const std::string& url) {
    return {.url = url, .headers = {"webhook-id: evt_1_a"}, .body = R"({"type":"the end"})"};
  }
  Outcome post(const std::string& url) {
    std::optional<Outcome> answer;
    courier->send(attempt(url), [&](const Outcome& outcome) { answer = outcome; });
    EXPECT_TRUE(run_until([&] { return answer.has_value(); })) << url;
    return answer.value_or(Outcome{});
  }
  bool run_until(const std::function<bool()>& done) { return test::run_loop_until(loop, done); }

  glib::ControlLoop loop;
  std::unique_ptr<CurlCourier> courier;
};

TEST_F(CurlCourierTest, PostsJsonWithTheHeadersOfTheAttempt) {
  Receiver receiver(kNoContent);
  const Outcome outcome = post(receiver.url());
  EXPECT_TRUE(outcome.is_delivered()) << outcome.reason;
  EXPECT_EQ(outcome.status, 204);
  const std::string request = receiver.request();
  EXPECT_EQ(request.rfind("POST /events HTTP/1.1\r\n", 0), 0U) << request;
  for (const char* part : {"Content-Type: application/json\r\n", "webhook-id: evt_1_a\r\n",
                           "User-Agent: Veche/", "\r\n\r\n{\"type\":\"the end\"}"}) {
    EXPECT_NE(request.find(part), std::string::npos) << part << " in " << request;
  }
  EXPECT_EQ(request.find("Expect"), std::string::npos) << request;
}

TEST_F(CurlCourierTest, FollowsNoRedirect) {
  Receiver elsewhere(kNoContent);
  Receiver receiver("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() +
                    "\r\nContent-Length: 0\r\n\r\n");
  const Outcome outcome = post(receiver.url());
  EXPECT_EQ(outcome.status, 302);
  EXPECT_NE(outcome.reason.find("redirects are not followed"), std::string::npos) << outcome.reason;
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(CurlCourierTest, RefusesAddressesByWhatANameLeadsTo) {
  Receiver receiver(kNoContent);
  EXPECT_TRUE(post(receiver.url("localhost")).is_delivered());
  courier->use({}, "");
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const Outcome outcome = post(receiver.url(host));
    EXPECT_EQ(outcome.status, 0) << host;
    EXPECT_NE(outcome.reason.find("events.webhooks_allow_private"), std::string::npos)
        << outcome.reason;
  }
  EXPECT_EQ(receiver.connections(), 1);
}

TEST_F(CurlCourierTest, SaysWhyThereIsNoAnswer) {
  std::string url;
  {
    const Receiver gone(kNoContent);
    url = gone.url();
  }
  const Outcome refused = post(url);
  EXPECT_EQ(refused.status, 0);
  EXPECT_NE(refused.reason.find("onnect"), std::string::npos) << refused.reason;
  Receiver mute("\r\n");
  const Outcome nonsense = post(mute.url());
  EXPECT_EQ(nonsense.status, 0);
  EXPECT_NE(nonsense.reason, "");
}

TEST_F(CurlCourierTest, ReadsRetryAfterInSecondsAndAsADate) {
  const auto asked = [this](const std::string& value) {
    Receiver receiver("HTTP/1.1 503 Busy\r\nRetry-After: " + value +
                      "\r\nContent-Length: 0\r\n\r\n");
    const Outcome outcome = post(receiver.url());
    EXPECT_EQ(outcome.status, 503);
    return outcome.retry_after_s;
  };
  EXPECT_EQ(asked("7"), 7);
  EXPECT_GT(asked("Fri, 01 Jan 2100 00:00:00 GMT"), 1'000'000);
  EXPECT_LE(asked("Sat, 01 Jan 2000 00:00:00 GMT"), 0);
  EXPECT_LE(asked("soon"), 0);
}

TEST_F(CurlCourierTest, TakesTheStatusAndLittleOfTheBody) {
  const std::string large(size_t{4} * 1024 * 1024, 'x');
  Receiver receiver("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large.size()) +
                    "\r\n\r\n" + large);
  EXPECT_TRUE(post(receiver.url()).is_delivered());
}

TEST_F(CurlCourierTest, UsesNoProxyOfTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  Receiver receiver(kNoContent);
  EXPECT_TRUE(post(receiver.url()).is_delivered());
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST_F(CurlCourierTest, ForgetsWhatIsCancelledAndServesOthersMeanwhile) {
  Receiver silent("");
  Receiver quick(kNoContent);
  const auto never = [](const Outcome&) { ADD_FAILURE() << "it was cancelled"; };
  const uint64_t cancelled = courier->send(attempt(silent.url()), never);
  courier->send(attempt(silent.url()), never);
  EXPECT_TRUE(post(quick.url()).is_delivered());
  courier->cancel(cancelled);
  EXPECT_TRUE(post(quick.url()).is_delivered());
  // The other one is still open when the courier ends.
  courier = nullptr;
}

TEST_F(CurlCourierTest, ReportsToNobodyAfterItsEnd) {
  Receiver receiver(kNoContent);
  courier->send(attempt(receiver.url()),
                [](const Outcome&) { ADD_FAILURE() << "the courier is gone"; });
  while (receiver.connections() == 0) std::this_thread::yield();
  courier = nullptr;
}

}  // namespace
}  // namespace veche::events
