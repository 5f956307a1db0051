// SPDX-License-Identifier: Apache-2.0
// The host with real libraries that it runs: their life, their hooks, and what they offer.
#include <gmock/gmock.h>

#include "base/thread_role.hpp"
#include "host_fixture.hpp"
#include "plugin/http_routes_adapter.hpp"

namespace veche::plugin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST_F(HostTest, RunsAPluginThroughItsLifeAndHandsItEventsInOrder) {
  auto host = Host::load(loop_, settings_of({recorder()}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  const PluginInfo running = find(**host, "recorder");
  EXPECT_EQ(running.state, "running");
  EXPECT_EQ(running.id, "org.example.recorder");
  EXPECT_EQ(running.version, "1.2.3");
  EXPECT_EQ(running.path, test_dir() + "/recorder.so");
  EXPECT_THAT(running.offers, ElementsAre("veche.observer/1"));
  EXPECT_THAT(running.config_schema, HasSubstr("greeting"));
  EXPECT_TRUE(running.required);

  run_until([this] { return journal_.timer_ticks >= 2; });
  (*host)->on_event(event(1, "room.created"));
  (*host)->on_event(event(2, "participant.joined"));
  (*host)->on_event(event(3, "participant.left"));
  (*host)->stop();
  EXPECT_STREQ(journal_.text,
               "hello\nstart\npost\n"
               "1 1700000000001 room.created lobby ada {\"n\":1}\n"
               "2 1700000000002 participant.joined lobby ada {\"n\":1}\n"
               "3 1700000000003 participant.left lobby ada {\"n\":1}\n"
               "stop, the timer is gone\nno post any more\ndestroy\n");
  EXPECT_EQ(find(**host, "recorder").state, "stopped");
}

TEST_F(HostTest, LeavesNothingRunningAfterStop) {
  auto host = Host::load(loop_, settings_of({recorder()}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  // The post of start() has not run yet.
  (*host)->stop();
  const std::string stopped = journal_.text;
  const int ticks = journal_.timer_ticks;
  EXPECT_THAT(stopped, Not(HasSubstr("post\nstop")));
  (*host)->on_event(event(1, "room.created"));
  bool later = false;
  const glib::Timer timer = loop_.once(40, [&] { later = true; });
  run_until([&] { return later; });
  EXPECT_EQ(journal_.text, stopped);
  EXPECT_EQ(journal_.timer_ticks, ticks);
  (*host)->stop();
  host = Error{};
  EXPECT_EQ(journal_.text, stopped) << "stopping twice is stopping once";
}

TEST_F(HostTest, CountsTheTimeOfEachHook) {
  auto host = Host::load(loop_, settings_of({recorder()}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  (*host)->on_event(event(1, "room.created"));
  (*host)->on_event(event(2, "room.closed"));
  for (const HookInfo& hook : find(**host, "recorder").hooks) {
    if (hook.name == "create" || hook.name == "start") {
      EXPECT_EQ(hook.calls, 1u) << hook.name;
    }
    if (hook.name != "observer.on_event") continue;
    EXPECT_EQ(hook.calls, 2u);
    EXPECT_GT(hook.max_ns, 0u);
    EXPECT_GE(hook.total_ns, hook.max_ns);
    return;
  }
  FAIL() << "there is no observer.on_event";
}

TEST_F(HostTest, OffersTheFirstSelectorAndRefusesTheSecond) {
  auto host = Host::load(loop_, settings_of({request("forwarder"), request("second_forwarder")}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  ASSERT_NE((*host)->selector(), nullptr);
  EXPECT_EQ((*host)->selector()->name(), "forwarder");
  ASSERT_NE((*host)->packet_policy(), nullptr);
  const PluginInfo second = find(**host, "second_forwarder");
  EXPECT_EQ(second.state, "failed");
  EXPECT_THAT(second.error, AllOf(HasSubstr("veche.selector/2"), HasSubstr("\"forwarder\"")));

  auto selection_settings = (*host)->selector()->make_settings("{}");
  ASSERT_TRUE(selection_settings.ok());
  ASSERT_TRUE((*host)->selector()->open(**selection_settings).ok());
  const veche_packet packets[3] = {};
  uint32_t verdicts[3];
  {
    const ActAs lane(ThreadRole::Lane);
    (*host)->packet_policy()->decide(nullptr, veche_route{}, packets, 3, verdicts);
  }
  EXPECT_THAT(verdicts,
              ElementsAre(VECHE_VERDICT_DROP, VECHE_VERDICT_FORWARD, VECHE_VERDICT_FORWARD));
  EXPECT_EQ(find(**host, "forwarder").bad_verdicts, 1u);
  selection_settings = Error{};

  (*host)->stop();
  EXPECT_EQ((*host)->selector(), nullptr);
  EXPECT_EQ((*host)->packet_policy(), nullptr);
  EXPECT_EQ(find(**host, "forwarder").bad_verdicts, 1u);
}

TEST_F(HostTest, TakesTheNextSelectorWhenTheFirstFailed) {
  PluginRequest broken = request("forwarder", false, R"({"nothing": 1})");
  auto host = Host::load(loop_, settings_of({broken, request("second_forwarder")}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  ASSERT_NE((*host)->selector(), nullptr);
  EXPECT_EQ((*host)->selector()->name(), "second_forwarder");
}

TEST_F(HostTest, OutlivesHooksThatThrowWhileRunningAndStopping) {
  auto host = Host::load(loop_, settings_of({request("event_throws", true),
                                             request("stop_throws", true), recorder()}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  (*host)->on_event(event(1, "room.created"));
  EXPECT_THAT(journal_.text, HasSubstr("room.created"));
  EXPECT_EQ(find(**host, "event_throws").state, "running");
  (*host)->stop();
  EXPECT_EQ(find(**host, "stop_throws").state, "stopped");
}

TEST_F(HostTest, OffersTheRoutesOfRunningPluginsByName) {
  answerer_desk desk{};
  auto host = Host::load(loop_, settings_of({recorder(), answerer(desk, "stage", true)}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  ASSERT_NE((*host)->http_routes("stage"), nullptr);
  EXPECT_EQ((*host)->http_routes("recorder"), nullptr) << "it offers none";
  EXPECT_EQ((*host)->http_routes("answerer"), nullptr) << "the name in the configuration counts";
  EXPECT_EQ((*host)->metrics_plugin(), "stage");
  const PluginInfo info = find(**host, "stage");
  EXPECT_TRUE(info.serves_metrics);
  ASSERT_EQ(info.routes.size(), 9u);
  EXPECT_EQ(info.routes[1].method, "PUT");
  EXPECT_EQ(info.routes[1].pattern, "/rooms/{room}/stage");
  EXPECT_EQ(info.routes[1].access, "rooms");
  (*host)->stop();
  EXPECT_EQ((*host)->http_routes("stage"), nullptr);
  EXPECT_THAT(find(**host, "stage").routes, IsEmpty());
}

TEST_F(HostTest, GrantsMetricsOnlyToAPluginThatHasThatRoute) {
  answerer_desk desk{};
  auto none = Host::load(loop_, settings_of({answerer(desk, "stage", false)}));
  ASSERT_TRUE(none.ok()) << none.error().message;
  EXPECT_EQ((*none)->metrics_plugin(), "");

  PluginRequest without_routes = request("sound", true), without_that_route = request("routes");
  without_routes.serves_metrics = without_that_route.serves_metrics = true;
  without_that_route.required = true;
  const struct {
    PluginRequest plugin;
    const char* reason;
  } cases[] = {
      {without_routes, "serves_metrics is set, but it does not offer veche.http-routes/1"},
      {without_that_route, "serves_metrics is set, but it has no route GET /metrics"},
  };
  for (const auto& [plugin, reason] : cases) {
    const auto host = Host::load(loop_, settings_of({plugin}));
    ASSERT_FALSE(host.ok()) << reason;
    EXPECT_THAT(host.error().message, HasSubstr(reason));
  }
}

TEST_F(HostTest, RunsWithoutPlugins) {
  auto host = Host::load(loop_, HostSettings{});
  ASSERT_TRUE(host.ok());
  EXPECT_EQ((*host)->selector(), nullptr);
  EXPECT_EQ((*host)->packet_policy(), nullptr);
  (*host)->on_event(event(1, "room.created"));
  EXPECT_THAT((*host)->plugins(), IsEmpty());
}

}  // namespace
}  // namespace veche::plugin
