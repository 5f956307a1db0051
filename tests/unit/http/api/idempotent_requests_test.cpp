// SPDX-License-Identifier: Apache-2.0
// What of a request with an Idempotency-Key outlives the process, and how its key becomes free.
#include "http/api/idempotent_requests.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "glib/control_loop.hpp"
#include "http/api/log_answer_store.hpp"
#include "http/auth/auth.hpp"

namespace veche::http {
namespace {

class FakeStore final : public AnswerStore {
 public:
  void put(const std::string& id, std::string value, int64_t) override {
    values[id] = std::move(value);
  }
  void erase(const std::string& id) override { values.erase(id); }
  Result<Kept> load() override {
    if (!is_readable) return Error{ErrorCode::Unavailable, "the disk stalls"};
    return Kept(values.begin(), values.end());
  }

  std::map<std::string, std::string> values;
  bool is_readable = true;
};

class IdempotentRequestsTest : public testing::Test {
 protected:
  void SetUp() override {
    now_ms = 1'700'000'000'000;
    log::configure(log::Level::Error, log::Format::Text);
    restart();
  }
  void TearDown() override { log::configure(log::Level::Info, log::Format::Text); }
  void restart() {
    requests.emplace(
        &store, +[] { return now_ms; });
  }
  /// The answer's status, and " again" if it is repeated; "none" without one.
  std::string ask(const std::string& key, const std::string& body = "{}") {
    Request request{.method = "POST", .path = "/v1/plugins/archive/recordings", .body = body};
    request.caller = std::make_shared<const Principal>(Principal{.key_id = "dev"});
    outcome = "none";
    requests->handler_of(route, request, key)(request, [this](const Response& response) {
      outcome = std::to_string(response.status);
      for (const auto& [name, value] : response.headers) {
        if (name == "Idempotency-Replayed") outcome += " again";
      }
    });
    return outcome;
  }

  static inline int64_t now_ms = 0;
  std::string outcome;     ///< Of the last request.
  glib::ControlLoop loop;  // This thread is control.
  FakeStore store;
  int status = 201;
  bool replies = true;
  Route route{.method = "POST",
              .pattern = "/v1/plugins/{plugin}",
              .access = Access::WriteRooms,
              .body = BodyKind::SmallJson,
              .handler =
                  [this](const Request&, const Reply& reply) {
                    if (replies) reply(json_response(status, "{}"));
                  },
              .keeps_answers = true};
  std::optional<IdempotentRequests> requests;
};

TEST_F(IdempotentRequestsTest, AnAnswerThatTheRouteKeepsOutlivesARestart) {
  EXPECT_EQ(ask("k"), "201");
  EXPECT_EQ(ask("k"), "201 again");
  restart();
  EXPECT_EQ(ask("k"), "201 again");
  EXPECT_EQ(ask("k", R"({"another":1})"), "422");
  now_ms += IdempotencyTable::kKeptMs;
  EXPECT_EQ(ask("other"), "201");
  EXPECT_EQ(store.values.count("key:dev k"), 0u) << "a day later it is gone there too";
  EXPECT_EQ(ask("k"), "201");
}

TEST_F(IdempotentRequestsTest, OtherAnswersEndWithTheProcess) {
  route.keeps_answers = false;
  EXPECT_EQ(ask("k"), "201");
  EXPECT_TRUE(store.values.empty()) << "there may be a token in it";
  restart();
  EXPECT_EQ(ask("k"), "201");
}

TEST_F(IdempotentRequestsTest, AStoreThatCannotBeReadRefusesNobody) {
  EXPECT_EQ(ask("k"), "201");
  store.is_readable = false;
  restart();
  EXPECT_EQ(ask("k"), "201");
}

TEST_F(IdempotentRequestsTest, AnErrorAndAMissingAnswerFreeTheKey) {
  status = 404;
  EXPECT_EQ(ask("k"), "404");
  replies = false;
  EXPECT_EQ(ask("k"), "none");
  replies = true;
  status = 201;
  EXPECT_EQ(ask("k", R"({"corrected":1})"), "201");
  EXPECT_EQ(ask("k", R"({"corrected":1})"), "201 again");
}

TEST_F(IdempotentRequestsTest, AnAnswerMayComeWhenAllIsGone) {
  Reply late;
  route.handler = [&](const Request&, const Reply& reply) { late = reply; };
  EXPECT_EQ(ask("k"), "none");
  EXPECT_EQ(ask("k"), "409");
  requests.reset();
  late(json_response(201, "{}"));
  EXPECT_TRUE(store.values.empty());
}

TEST_F(IdempotentRequestsTest, TheEventLogsDatabaseKeepsWhatOutlivesARestart) {
  char directory[] = "/tmp/veche-idempotency-XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  const std::string file = std::string(directory) + "/events.db";
  std::unique_ptr<events::Log> log;
  std::optional<LogAnswerStore> kept;
  const auto begin = [&] {
    requests.reset();
    kept.reset();
    log.reset();
    log = std::move(events::Log::open(loop, {.file = file})).value();
    kept.emplace(*log);
    requests.emplace(&*kept, unix_ms);
  };
  begin();
  EXPECT_EQ(ask("k"), "201");
  route.keeps_answers = false;
  EXPECT_EQ(ask("secret"), "201");
  route.keeps_answers = true;
  begin();
  EXPECT_EQ(ask("k"), "201 again");
  EXPECT_EQ(ask("k", R"({"another":1})"), "422");
  EXPECT_EQ(ask("secret"), "201");
  requests.reset();
  kept.reset();
  log.reset();
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace veche::http
