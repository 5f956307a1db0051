// SPDX-License-Identifier: Apache-2.0
// Webhooks on a log in memory, with a courier that the test plays, and clocks that stand still.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../../run_loop.hpp"
#include "events/webhooks/webhooks.hpp"
#include "fake_courier.hpp"

namespace veche::events {

inline std::string header_of(const Attempt& attempt, const std::string& name) {
  for (const std::string& header : attempt.headers) {
    if (header.rfind(name + ": ", 0) == 0) return header.substr(name.size() + 2);
  }
  return "";
}

class WebhooksTest : public testing::Test {
 protected:
  static constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  static constexpr int64_t kNowUnixMs = 4'000'000'000'000;

  WebhooksTest() : log(std::move(Log::open(loop, {})).value()) {}
  void TearDown() override {
    webhooks = nullptr;
    run();
  }

  static Webhook webhook(const std::string& name = "ops") {
    return {.name = name, .url = "https://backend.example.org/" + name, .secrets = {kSecret}};
  }
  /// Webhooks as a process has them that starts now, with these of the configuration.
  void start(std::vector<Webhook> configured = {}) {
    webhooks = nullptr;
    auto made = std::make_unique<FakeCourier>();
    courier = made.get();
    WebhookSettings settings;
    settings.webhooks = std::move(configured);
    webhooks = Webhooks::start(
                   loop, *log, std::move(made), std::move(settings),
                   +[] {
                     return Now{1'000'000, kNowUnixMs};
                   },
                   +[] { return uint32_t{0}; })
                   .value();
  }
  /// Adds it over the API.
  Endpoint& add(const Webhook& of) {
    const Result<Endpoint*> made = webhooks->add(of);
    EXPECT_TRUE(made.ok()) << made.error().message;
    return **made;
  }
  /// Returns once it is committed.
  void append(const std::string& room, const std::string& type = "participant.joined") {
    Event event;
    event.room = room;
    event.incarnation = room.empty() ? "" : "9f0c";
    event.seq = room.empty() ? 0 : ++seq_[room];
    event.time_unix_ms = kNowUnixMs;
    event.type = type;
    const uint64_t before = log->newest();
    log->append(std::move(event));
    EXPECT_TRUE(run_until([&] { return log->newest() > before; }));
    run();
  }
  /// Until so many attempts are open.
  void expect_open(size_t count) {
    EXPECT_TRUE(run_until([&] { return courier->open() == count; }))
        << courier->open() << " are open, not " << count;
  }
  /// The rooms of all attempts so far.
  std::string bodies() const {
    std::string all;
    for (const Attempt& attempt : courier->attempts) all += attempt.body + "\n";
    return all;
  }
  bool run_until(const std::function<bool()>& done) { return test::run_loop_until(loop, done); }
  void run() {
    while (loop.iterate()) {
    }
  }

  glib::ControlLoop loop;
  std::unique_ptr<Log> log;
  std::unique_ptr<Webhooks> webhooks;
  FakeCourier* courier = nullptr;  ///< Of `webhooks`.

 private:
  std::map<std::string, uint64_t> seq_;
};

}  // namespace veche::events
