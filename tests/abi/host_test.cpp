// SPDX-License-Identifier: Apache-2.0
// The host with real libraries: good ones run, and each kind of bad one is refused with its own
// message.
#include "plugin/host.hpp"

#include <gmock/gmock.h>

#include <cinttypes>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/time.hpp"
#include "plugins/recorder.h"

namespace veche::plugin {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string test_dir() {
  const char* dir = getenv("VECHE_TEST_DIR");
  return dir ? dir : ".";
}

PluginRequest request(const std::string& name, bool required = false,
                      const std::string& config = "{}") {
  return {name, "", required, config};
}

HostSettings settings_of(std::vector<PluginRequest> plugins) {
  return {std::move(plugins), {"/nowhere", test_dir()}};
}

room::Event event(uint64_t seq, const char* type) {
  room::Event event;
  event.seq = seq;
  event.time_unix_ms = 1700000000000 + static_cast<int64_t>(seq);
  event.type = type;
  event.room = "lobby";
  event.participant = "ada";
  event.data = R"({"n":1})";
  return event;
}

class HostTest : public ::testing::Test {
 protected:
  PluginRequest recorder(const std::string& name = "recorder") {
    char config[64];
    snprintf(config, sizeof config, R"({"journal": "%)" PRIxPTR R"("})",
             reinterpret_cast<uintptr_t>(&journal_));
    return request(name, true, config);
  }
  void run_until(const std::function<bool()>& done) {
    const int64_t deadline_ns = monotonic_ns() + 10 * kNsPerS;
    const glib::Timer wake = loop_.every(20, [] {});
    while (!done() && monotonic_ns() < deadline_ns) loop_.iterate(true);
  }
  static PluginInfo find(const Host& host, const std::string& name) {
    for (auto& info : host.plugins()) {
      if (info.name == name) return info;
    }
    return {};
  }

  glib::ControlLoop loop_;
  recorder_journal journal_{};
};

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
  EXPECT_THAT(second.error, AllOf(HasSubstr("veche.selector/1"), HasSubstr("\"forwarder\"")));

  auto selection_settings = (*host)->selector()->make_settings("{}");
  ASSERT_TRUE(selection_settings.ok());
  ASSERT_TRUE((*host)->selector()->open(**selection_settings).ok());
  const veche_packet packets[3] = {};
  uint32_t verdicts[3];
  (*host)->packet_policy()->decide(nullptr, veche_route{}, packets, 3, verdicts);
  EXPECT_THAT(verdicts,
              ElementsAre(VECHE_VERDICT_DROP, VECHE_VERDICT_FORWARD, VECHE_VERDICT_FORWARD));
  EXPECT_EQ(find(**host, "forwarder").bad_verdicts, 1u);
  selection_settings = Error{};

  (*host)->stop();
  EXPECT_EQ((*host)->selector(), nullptr);
  EXPECT_EQ((*host)->packet_policy(), nullptr);
  EXPECT_EQ(find(**host, "forwarder").bad_verdicts, 1u);
}

struct Refusal {
  const char* name;
  const char* reason;
  const char* config = "{}";
};

const Refusal kRefusals[] = {
    {"missing_file", "there is no such file: looked for /nowhere/missing_file.so"},
    {"not_elf", "not an ELF file"},
    {"truncated", "cut short or damaged"},
    {"no_entry", "exports no symbol veche_plugin_entry_1"},
    {"wrong_major", "built for plugin interface 2, this server has 1.0"},
    {"newer_minor",
     "built for a newer plugin interface: update the server, or build the plugin with this "
     "server's headers (plugin: interface 1.7, server: 1.0)"},
    {"short_struct", "struct_size of the entry is 40, at least 104 is needed"},
    {"null_id", "id is null"},
    {"bad_id", "\"Not Reverse DNS\" is not reverse DNS"},
    {"unknown_need", "needs the host service \"veche.teleport/1\""},
    {"empty_offers", "offers no extension"},
    {"unknown_offer", "offers the extension \"veche.smell/1\""},
    {"bad_schema", "the plugin's config_schema is refused"},
    {"sound", "/size", R"({"size": 11})"},
    {"sound", "/colour", R"({"colour": "red"})"},
    {"sound", "the configuration is not JSON", "{"},
};

/// Refused only when the host calls the plugin, so check() cannot know.
const Refusal kLateRefusals[] = {
    {"null_table", "get_extension gave null for \"veche.observer/1\""},
    {"create_fails", "create: the disk is on fire"},
    {"start_fails", "start: the port is taken"},
    {"create_throws", "create threw an exception: create threw this"},
    {"start_throws", "start threw an exception: start threw this"},
};

class RefusalTest : public HostTest {
 protected:
  static void SetUpTestSuite() {
    std::ofstream(test_dir() + "/not_elf.so") << "#!/bin/sh\n";
    const std::string truncated = test_dir() + "/truncated.so";
    std::filesystem::copy_file(test_dir() + "/recorder.so", truncated,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(truncated, std::filesystem::file_size(truncated) / 2);
  }

  /// The plugin fails with its message, and those before and after it run.
  void expect_refusal(const Refusal& refusal) {
    SCOPED_TRACE(refusal.name);
    journal_ = {};
    auto host =
        Host::load(loop_, settings_of({recorder(), request(refusal.name, false, refusal.config),
                                       request("forwarder")}));
    ASSERT_TRUE(host.ok()) << host.error().message;
    const PluginInfo failed = find(**host, refusal.name);
    EXPECT_EQ(failed.state, "failed");
    EXPECT_THAT(failed.error,
                AllOf(HasSubstr(refusal.reason), HasSubstr(std::string(refusal.name) + ".so")));
    EXPECT_EQ(find(**host, "recorder").state, "running");
    EXPECT_EQ(find(**host, "forwarder").state, "running");
    (*host)->on_event(event(1, "room.created"));
    EXPECT_THAT(journal_.text, HasSubstr("room.created"));
  }
  void expect_failed_load(const Refusal& refusal) {
    SCOPED_TRACE(refusal.name);
    journal_ = {};
    auto host =
        Host::load(loop_, settings_of({recorder(), request(refusal.name, true, refusal.config)}));
    ASSERT_FALSE(host.ok());
    EXPECT_THAT(host.error().message,
                AllOf(HasSubstr("the required plugin \"" + std::string(refusal.name) + "\" failed"),
                      HasSubstr(refusal.reason)));
    EXPECT_THAT(journal_.text, ::testing::EndsWith("destroy\n"))
        << "the plugin before it was not stopped";
  }
};

TEST_F(RefusalTest, RefusesEachBadPluginWithItsOwnMessageAndRunsTheOthers) {
  for (const Refusal& refusal : kRefusals) expect_refusal(refusal);
  for (const Refusal& refusal : kLateRefusals) expect_refusal(refusal);
}

TEST_F(RefusalTest, FailsWhenARequiredPluginFails) {
  for (const Refusal& refusal : kRefusals) expect_failed_load(refusal);
  for (const Refusal& refusal : kLateRefusals) expect_failed_load(refusal);
}

TEST_F(RefusalTest, CheckFindsTheSameWithoutRunningAnything) {
  for (const Refusal& refusal : kRefusals) {
    SCOPED_TRACE(refusal.name);
    const auto problems =
        Host::check(settings_of({recorder(), request(refusal.name, false, refusal.config)}));
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].name, refusal.name);
    EXPECT_EQ(problems[0].index, 1u);
    EXPECT_THAT(problems[0].pointer + ": " + problems[0].detail, HasSubstr(refusal.reason));
  }
  for (const Refusal& refusal : kLateRefusals) {
    EXPECT_THAT(Host::check(settings_of({recorder(), request(refusal.name)})), IsEmpty())
        << refusal.name;
  }
  EXPECT_STREQ(journal_.text, "");
}

TEST_F(RefusalTest, RefusesASecondPluginOfTheSameIdOrName) {
  PluginRequest again = recorder("again");
  again.path = test_dir() + "/recorder.so";
  PluginRequest same_name = request("recorder");
  same_name.path = test_dir() + "/forwarder.so";
  const struct {
    PluginRequest second;
    const char* reason;
  } cases[] = {
      {again, "its id org.example.recorder is already that of the plugin \"recorder\""},
      {same_name, "the name \"recorder\" is already in the list of plugins"},
  };
  for (const auto& [second, reason] : cases) {
    HostSettings settings = settings_of({recorder(), second});
    const auto problems = Host::check(settings);
    ASSERT_EQ(problems.size(), 1u) << reason;
    EXPECT_THAT(problems[0].detail, HasSubstr(reason));
    settings.plugins[1].required = true;
    const auto host = Host::load(loop_, settings);
    ASSERT_FALSE(host.ok()) << reason;
    EXPECT_THAT(host.error().message, HasSubstr(reason));
  }
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
