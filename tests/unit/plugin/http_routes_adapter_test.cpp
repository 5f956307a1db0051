// SPDX-License-Identifier: Apache-2.0
// Requests to a plugin and its answers, through the C tables.
#include "plugin/http_routes_adapter.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "plugin/services.hpp"
#include "services_fixture.hpp"

namespace veche::plugin::http_routes_adapter_test {
namespace {

using ::testing::ElementsAre;

/// The fake plugin's action on a request, and the requests that it got.
struct FakePlugin {
  std::function<void(const veche_http_request&)> act;
  uint64_t last_id = 0;
};

FakePlugin* fake(veche_plugin* self) { return reinterpret_cast<FakePlugin*>(self); }

constexpr uint32_t kNever_ms = 3'600'000;

void handle_row(veche_plugin* self, const veche_http_request* request) {
  fake(self)->last_id = request->id;
  if (fake(self)->act) fake(self)->act(*request);
}

class HttpRoutesAdapterTest : public ServicesFixture {
 protected:
  HttpRoutesAdapterTest() : ServicesFixture("stage") {}
  /// Posts run before the fixture ends: all loops share one GMainContext.
  void TearDown() override {
    services_.close();  // Answers open requests while the fixture still accepts answers.
    run();
  }
  std::vector<HttpRoute> read() const {
    return std::move(read_http_routes({sizeof(veche_http_routes), 1, rows_})).value();
  }
  /// Hands over a request; its answer is appended to `answers_`.
  uint64_t ask(const HttpRequest& request = {}, uint32_t timeout_ms = kNever_ms) {
    return adapter_.handle(adapter_.routes()[0], request, timeout_ms,
                           [this](const HttpAnswer& answer) { answers_.push_back(answer); });
  }
  veche_status reply(uint64_t id, uint32_t status = 200, const char* type = nullptr,
                     const char* body = "{}", uint64_t size = 2) {
    return http_->reply(host_, id, status, type, body, size);
  }
  HookTimers timers_;
  const veche_http* const http_ = table<veche_http>(VECHE_HOST_HTTP);
  const veche_http_route row_{sizeof(veche_http_route),
                              VECHE_ACCESS_READ,
                              "PUT",
                              "/rooms/{room}/of/{who}",
                              "",
                              "{}",
                              handle_row};
  const veche_http_route* const rows_[1] = {&row_};
  FakePlugin plugin_;
  veche_plugin* const self_ = reinterpret_cast<veche_plugin*>(&plugin_);
  HttpRoutesAdapter adapter_{"stage", read(), self_, services_.requests(), timers_};
  std::vector<HttpAnswer> answers_;
};

TEST_F(HttpRoutesAdapterTest, ShowsThePluginTheWholeRequest) {
  bool is_shown = false;
  plugin_.act = [&](const veche_http_request& request) {
    is_shown = true;
    EXPECT_EQ(request.struct_size, sizeof(veche_http_request));
    EXPECT_NE(request.id, 0u);
    EXPECT_STREQ(request.method, "PUT");
    EXPECT_STREQ(request.path, "/rooms/bl%75e/of/ann");
    ASSERT_EQ(request.param_count, 2u);
    EXPECT_STREQ(request.params[0], "blue");
    EXPECT_STREQ(request.params[1], "ann");
    EXPECT_STREQ(request.query, "a=b");
    EXPECT_STREQ(request.key_id, "dev");
    EXPECT_STREQ(request.body, "{}");
    EXPECT_EQ(request.body_size, 2u);
    EXPECT_STREQ(request.accept, "text/plain");
  };
  ask({"/rooms/bl%75e/of/ann", {"blue", "ann"}, "a=b", "dev", "{}", "text/plain"});
  EXPECT_TRUE(is_shown);
  EXPECT_EQ(timers_[timers_.size() - 1].name(), "http_routes.handle");
  EXPECT_EQ(timers_[timers_.size() - 1].calls(), 1u);
}

TEST_F(HttpRoutesAdapterTest, FindsARouteByMethodAndPattern) {
  EXPECT_EQ(adapter_.find("PUT", "/rooms/{room}/of/{who}"), &adapter_.routes()[0]);
  EXPECT_EQ(adapter_.find("GET", "/rooms/{room}/of/{who}"), nullptr);
  EXPECT_EQ(adapter_.find("PUT", "/metrics"), nullptr);
}

TEST_F(HttpRoutesAdapterTest, AnswersOnceWithACopy) {
  char body[] = "[1]";
  plugin_.act = [&](const veche_http_request& request) {
    EXPECT_EQ(reply(request.id, 201, "text/plain; charset=utf-8", body, 3), VECHE_OK);
    body[1] = '2';
    EXPECT_EQ(reply(request.id), VECHE_E_GONE);
    EXPECT_EQ(http_->reply_problem(host_, request.id, 400, "late", ""), VECHE_E_GONE);
  };
  const uint64_t id = ask();
  EXPECT_TRUE(answers_.empty()) << "answers come from the loop";
  run();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].status, 201u);
  EXPECT_EQ(answers_[0].content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(answers_[0].body, "[1]");
  EXPECT_EQ(reply(id), VECHE_E_GONE);
}

TEST_F(HttpRoutesAdapterTest, HandsProblemsOn) {
  const uint64_t id = ask();
  EXPECT_EQ(http_->reply_problem(host_, id, 409, "stage-is-full", "Five \xff are up."), VECHE_OK);
  run();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].status, 409u);
  EXPECT_EQ(answers_[0].problem, "stage-is-full");
  EXPECT_EQ(answers_[0].body, "Five \xef\xbf\xbd are up.");
}

TEST_F(HttpRoutesAdapterTest, RefusesAnswersThatAreWrongAndLeavesTheRequestOpen) {
  const uint64_t id = ask();
  for (const uint32_t status : {0u, 100u, 199u, 300u, 304u, 399u, 600u, 4'000'000'000u}) {
    EXPECT_EQ(reply(id, status), VECHE_E_INVALID) << status;
  }
  for (const char* type :
       {"", "json", "text/plain\r\nX: y", "text/plain\n", "text/\x01", "t/\xff"}) {
    EXPECT_EQ(reply(id, 200, type), VECHE_E_INVALID) << type;
  }
  EXPECT_EQ(reply(id, 200, nullptr, nullptr, 1), VECHE_E_INVALID);
  EXPECT_EQ(reply(id, 204, nullptr, "{}", 2), VECHE_E_INVALID);
  EXPECT_EQ(reply(id, 200, nullptr, "", 17 * 1024 * 1024), VECHE_E_INVALID);
  EXPECT_EQ(http_->reply(nullptr, id, 200, nullptr, nullptr, 0), VECHE_E_INVALID);
  const auto problem = [&](uint32_t status, const char* type, const char* detail) {
    return http_->reply_problem(host_, id, status, type, detail);
  };
  EXPECT_EQ(problem(200, "fine", ""), VECHE_E_INVALID);
  EXPECT_EQ(problem(400, nullptr, ""), VECHE_E_INVALID);
  EXPECT_EQ(problem(400, "Not Lower", ""), VECHE_E_INVALID);
  EXPECT_EQ(problem(400, "", ""), VECHE_E_INVALID);
  EXPECT_EQ(problem(400, "fine", nullptr), VECHE_E_INVALID);
  EXPECT_EQ(reply(id, 204, nullptr, nullptr, 0), VECHE_OK);
  run();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].status, 204u);
  EXPECT_EQ(answers_[0].content_type, "");
}

TEST_F(HttpRoutesAdapterTest, KnowsNoOtherRequests) {
  const uint64_t id = ask();
  for (const uint64_t other : {uint64_t{0}, id + 1, id + OpenRequests::kMaxOpen, UINT64_MAX}) {
    EXPECT_EQ(reply(other), VECHE_E_GONE);
  }
  EXPECT_EQ(reply(id), VECHE_OK);
}

TEST_F(HttpRoutesAdapterTest, SharesNoIdsWithOtherPluginsOrWithARestartedOne) {
  const auto ignore = [](const HttpAnswer&) {};
  OpenRequests other(loop_);
  const uint64_t ours = ask(), theirs = other.open(kNever_ms, ignore);
  EXPECT_NE(ours, theirs);
  EXPECT_EQ(reply(theirs), VECHE_E_GONE);
  EXPECT_EQ(other.answer(ours, {}), VECHE_E_GONE);
  EXPECT_EQ(other.answer(theirs, {}), VECHE_OK);
}

TEST_F(HttpRoutesAdapterTest, TurnsAnExceptionIntoAProblem) {
  plugin_.act = [](const veche_http_request&) { throw std::runtime_error("thrown"); };
  const uint64_t id = ask();
  run();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].status, 500u);
  EXPECT_EQ(answers_[0].problem, "plugin-failed");
  EXPECT_EQ(reply(id), VECHE_E_GONE);
}

TEST_F(HttpRoutesAdapterTest, LetsAnAnswerStandThatCameBeforeAnException) {
  plugin_.act = [this](const veche_http_request& request) {
    EXPECT_EQ(reply(request.id), VECHE_OK);
    throw std::runtime_error("thrown");
  };
  ask();
  run();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].status, 200u);
}

TEST_F(HttpRoutesAdapterTest, AnswersItselfAfterTheTimeout) {
  const uint64_t id = ask({}, 1);
  run_until([this] { return !answers_.empty(); });
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].status, 504u);
  EXPECT_EQ(answers_[0].problem, "plugin-timeout");
  EXPECT_EQ(reply(id), VECHE_E_GONE);
}

TEST_F(HttpRoutesAdapterTest, ForgetsARequestWhoseClientHasGone) {
  const uint64_t gone = ask(), under_way = ask();
  EXPECT_EQ(reply(under_way), VECHE_OK);
  adapter_.forget(gone);
  adapter_.forget(under_way);
  adapter_.forget(gone);
  EXPECT_EQ(reply(gone), VECHE_E_GONE);
  run();
  EXPECT_TRUE(answers_.empty());
}

TEST_F(HttpRoutesAdapterTest, AnswersWhatIsOpenWhenThePluginStops) {
  const uint64_t open = ask(), under_way = ask();
  EXPECT_EQ(reply(under_way), VECHE_OK);
  services_.close();
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].status, 503u);
  EXPECT_EQ(answers_[0].problem, "unavailable");
  EXPECT_EQ(reply(open), VECHE_E_GONE);
  run();
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_EQ(answers_[1].status, 200u) << "the plugin was told that its answer is taken";
}

TEST_F(HttpRoutesAdapterTest, BoundsHowManyAreOpen) {
  std::vector<uint64_t> ids;
  for (size_t i = 0; i < OpenRequests::kMaxOpen; ++i) ids.push_back(ask());
  EXPECT_TRUE(answers_.empty());
  EXPECT_EQ(ask(), 0u);
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_EQ(answers_[0].status, 503u);
  EXPECT_EQ(answers_[0].problem, "exhausted");
  EXPECT_EQ(reply(ids[7]), VECHE_OK);
  const uint64_t next = ask();
  EXPECT_NE(next, 0u);
  EXPECT_NE(next, ids[7]);
}

TEST_F(HttpRoutesAdapterTest, DeliversAnswersThatAreUnderWayAfterItsEnd) {
  std::vector<uint32_t> statuses;
  {
    OpenRequests requests(loop_);
    const uint64_t id = requests.open(
        kNever_ms, [&](const HttpAnswer& answer) { statuses.push_back(answer.status); });
    EXPECT_EQ(requests.answer(id, {200, "", "", ""}), VECHE_OK);
  }
  run();
  EXPECT_THAT(statuses, ElementsAre(200u));
}

TEST_F(HttpRoutesAdapterTest, HasOneWinnerWhenThreadsAnswerWhileClientsGo) {
  constexpr int kRounds = 300;
  std::atomic<uint64_t> published{0};
  std::atomic<int> taken{0};
  const auto answer_all = [&] {
    uint64_t last = 0;
    while (last != UINT64_MAX) {
      const uint64_t id = published;
      if (id != last && id != UINT64_MAX && reply(id) == VECHE_OK) ++taken;
      last = id;
      std::this_thread::yield();
    }
  };
  std::thread one(answer_all), two(answer_all);
  for (int i = 0; i < kRounds; ++i) {
    const uint64_t id = ask();
    published = id;
    if (i % 2 == 0) std::this_thread::yield();
    adapter_.forget(id);
    EXPECT_EQ(reply(id), VECHE_E_GONE);
    run();
  }
  published = UINT64_MAX;
  one.join();
  two.join();
  EXPECT_TRUE(answers_.empty()) << "a forgotten request was answered";

  // Every thread answers now: each request gets one answer, once.
  published = 0;
  taken = 0;
  std::thread three(answer_all), four(answer_all);
  for (int i = 0; i < kRounds; ++i) {
    published = ask();
    run_until([&] { return answers_.size() == static_cast<size_t>(i) + 1; });
  }
  published = UINT64_MAX;
  three.join();
  four.join();
  EXPECT_EQ(answers_.size(), static_cast<size_t>(kRounds));
  EXPECT_EQ(taken, kRounds);
}

}  // namespace
}  // namespace veche::plugin::http_routes_adapter_test
