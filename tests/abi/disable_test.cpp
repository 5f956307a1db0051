// SPDX-License-Identifier: Apache-2.0
// Plugins that are disabled, enabled and given other settings while rooms are open.
#include <gmock/gmock.h>

#include <optional>

#include "../unit/room/fake_media.hpp"
#include "base/thread_role.hpp"
#include "host_fixture.hpp"
#include "plugin/hook_mark.hpp"

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::NotNull;

class DisableTest : public HostTest {
 protected:
  void load(std::vector<PluginRequest> plugins) {
    host_ = std::move(Host::load(loop_, settings_of(std::move(plugins)))).value();
    rooms_.emplace(loop_, engine_, room::Limits{}, 0);
    host_->attach(engine_, *rooms_);
  }
  void TearDown() override {
    if (host_) host_->detach();
    rooms_.reset();
    if (host_) host_->stop();
  }
  std::string state_of(const std::string& name) { return find(*host_, name).state; }
  void disable(const std::string& name) {
    host_->disable(name, [this](const Status& status) {
      answers_.push_back(status ? "ok" : status.error().message);
    });
  }
  void reconfigure(PluginRequest request) {
    host_->reconfigure(request, [this](const Status& status) {
      answers_.push_back(status ? "ok" : status.error().message);
    });
  }
  /// With another greeting in its settings, which it writes down when it is made.
  PluginRequest greeting(const std::string& words) {
    PluginRequest changed = recorder();
    changed.config.insert(changed.config.size() - 1, ", \"greeting\": \"" + words + "\"");
    return changed;
  }
  bool has_written(const std::string& line) const {
    return std::string(journal_.text).find(line + "\n") != std::string::npos;
  }
  /// The lanes have let go of what they used.
  void lanes_acknowledge() {
    for (const auto& done : std::exchange(engine_.waiting, {})) done();
  }

  room::FakeEngine engine_;
  std::unique_ptr<Host> host_;
  std::optional<room::Server> rooms_;
  std::vector<std::string> answers_;
};

TEST_F(DisableTest, AHookThatHangsIsNamedAndLeavesNobodyWithoutAnAnswer) {
  load({request("forwarder"), recorder()});
  lanes_acknowledge();
  {
    const HookMark select(hook_label("forwarder", "selector.select"), monotonic_ns() - 3 * kNsPerS);
    const PluginInfo info = find(*host_, "forwarder");
    EXPECT_EQ(info.state, "hanging");
    EXPECT_THAT(info.error, HasSubstr("selector.select has not returned for 3 s"));
    EXPECT_EQ(state_of("recorder"), "running");
    disable("forwarder");
    run_until([&] { return !answers_.empty(); });
    EXPECT_THAT(answers_, ElementsAre(HasSubstr("selector.select has not returned")));
    EXPECT_EQ(state_of("forwarder"), "disabling");
    reconfigure(request("forwarder"));
  }
  lanes_acknowledge();
  EXPECT_EQ(state_of("forwarder"), "disabled") << "it has returned after all";
  EXPECT_EQ(answers_.size(), 2u);
}

TEST_F(DisableTest, MistakesOfAPluginAreOneLineInTheLog) {
  load({request("forwarder")});
  lanes_acknowledge();
  {
    const ActAs lane(ThreadRole::Lane);
    const veche_packet packet{};
    uint32_t verdict = 0;
    for (int i = 0; i < 100; ++i) {
      host_->packet_policy()->decide(nullptr, veche_route{}, &packet, 1, &verdict);
    }
  }
  ::testing::internal::CaptureStderr();
  bool has_been_looked_at = false;
  const glib::Timer after = loop_.once(1100, [&] { has_been_looked_at = true; });
  run_until([&] { return has_been_looked_at; });
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::EndsWith("warning forwarder: 100 verdicts were neither drop nor forward; "
                                  "those packets were dropped\n"));
}

TEST_F(DisableTest, APluginThatDoesNotStartIsAnEventOfTheServer) {
  std::vector<std::string> events;
  host_ = std::move(Host::load(loop_, settings_of({request("missing"), recorder()}))).value();
  rooms_.emplace(loop_, engine_, room::Limits{}, 0);
  rooms_->add_event_handler(
      [&](const room::Event& event) { events.push_back(event.type + event.room + event.data); });
  host_->attach(engine_, *rooms_);
  run_until([&] { return !events.empty(); });
  EXPECT_FALSE(host_->enable("missing").ok());
  run_until([&] { return events.size() > 1; });
  const auto failed =
      ::testing::StartsWith(R"(plugin.failed{"plugin":"missing","reason":"start","detail":")");
  EXPECT_THAT(events, ElementsAre(failed, failed));
}

TEST_F(DisableTest, HooksAreGivenToTheEngine) {
  load({request("forwarder")});
  EXPECT_THAT(engine_.used_selectors, ElementsAre(NotNull()));
  EXPECT_THAT(engine_.used_policies, ElementsAre(NotNull()));
}

TEST_F(DisableTest, EndsAPluginOnlyWhenNoLaneUsesItAnyMore) {
  load({request("forwarder")});
  lanes_acknowledge();
  disable("forwarder");
  EXPECT_EQ(state_of("forwarder"), "disabling");
  EXPECT_EQ(engine_.used_selectors.back(), nullptr);
  EXPECT_EQ(engine_.used_policies.back(), nullptr);
  disable("forwarder");
  EXPECT_THAT(answers_, ElementsAre(HasSubstr("does not run"))) << "it is on its way already";
  EXPECT_THAT(host_->enable("forwarder").error().message, HasSubstr("is not disabled"));
  answers_.clear();
  engine_.waiting.front()();
  engine_.waiting.erase(engine_.waiting.begin());
  EXPECT_EQ(state_of("forwarder"), "disabling") << "the packet policy is still asked";
  lanes_acknowledge();
  EXPECT_EQ(state_of("forwarder"), "disabled");
  EXPECT_THAT(answers_, ElementsAre("ok"));
}

TEST_F(DisableTest, EnablesAgain) {
  load({recorder()});
  for (int round = 0; round < 3; ++round) {
    disable("recorder");
    EXPECT_EQ(state_of("recorder"), "disabled");
    host_->on_event(event(1, "room.created"));
    ASSERT_TRUE(host_->enable("recorder").ok());
    EXPECT_EQ(state_of("recorder"), "running");
  }
  EXPECT_EQ(host_->plugins().size(), 1u);
}

TEST_F(DisableTest, AnotherMayTakeThePlace) {
  load({request("forwarder"), request("second_forwarder")});
  lanes_acknowledge();
  EXPECT_EQ(state_of("second_forwarder"), "failed");
  EXPECT_FALSE(host_->enable("second_forwarder").ok()) << "there is still the first";
  disable("forwarder");
  EXPECT_THAT(host_->enable("second_forwarder").error().message, HasSubstr("only one plugin"))
      << "lanes still ask the first";
  lanes_acknowledge();
  ASSERT_TRUE(host_->enable("second_forwarder").ok());
  EXPECT_THAT(engine_.used_selectors.back(), NotNull());
  EXPECT_THAT(host_->enable("forwarder").error().message, HasSubstr("only one plugin"));
  EXPECT_EQ(state_of("forwarder"), "failed");
}

TEST_F(DisableTest, KeepsRoomsSettingsForTheirSelector) {
  load({request("forwarder")});
  lanes_acknowledge();
  engine_.selector = "forwarder";
  room::RoomPolicy policy;
  policy.plugins["forwarder"] = R"({"max_speakers":3})";
  room::Room* room = rooms_->create_room("r", policy).value();
  disable("forwarder");
  lanes_acknowledge();
  engine_.selector = "";
  EXPECT_TRUE(room->update({.max_participants = 7}).ok()) << "what is stored disturbs nobody";
  engine_.selector = "forwarder";
  engine_.rooms[0]->settings.clear();
  ASSERT_TRUE(host_->enable("forwarder").ok());
  EXPECT_THAT(engine_.rooms[0]->settings, ElementsAre(R"({"max_speakers":3})"));
}

TEST_F(DisableTest, RoomsOfAPluginAreGivenBackAndTakenAway) {
  load({request("wrapped")});
  engine_.selector = "";
  room::RoomPolicy policy;
  policy.plugins["wrapped"] = R"({"sign":"closed"})";
  room::Room* room = rooms_->create_room("r", policy).value();
  const auto run = [this] {
    while (loop_.iterate()) {
    }
  };
  run();
  const auto announced =
      ElementsAre(std::pair<const std::string, std::string>("wrapped", R"({"sign":"closed"})"));
  EXPECT_THAT(room->notices(), announced);
  EXPECT_EQ(room->update({.plugins = {{"wrapped", R"({"sign":1})"}}}).error().fields.at(0).pointer,
            "/wrapped/sign");
  disable("wrapped");
  lanes_acknowledge();
  EXPECT_THAT(room->notices(), testing::IsEmpty()) << "its notices are taken back";
  EXPECT_FALSE(room->update({.plugins = {{"wrapped", R"({"sign":"open"})"}}}).ok())
      << "nobody can check it";
  ASSERT_TRUE(host_->enable("wrapped").ok());
  run();
  EXPECT_THAT(room->notices(), announced) << "it is told of the rooms that are there";
  ASSERT_TRUE(room->update({.plugins = {{"wrapped", "{}"}}}).ok());
  run();
  EXPECT_EQ(room->notices().at("wrapped"), R"({"sign":"open"})");
}

TEST_F(DisableTest, SaysWhatIsUnknownAndWhatFailsAgain) {
  load({request("start_fails")});
  disable("nobody");
  EXPECT_THAT(answers_, ElementsAre(HasSubstr("no plugin \"nobody\"")));
  EXPECT_EQ(host_->enable("nobody").error().code, ErrorCode::NotFound);
  EXPECT_FALSE(host_->enable("start_fails").ok());
  EXPECT_EQ(state_of("start_fails"), "failed");
}

TEST_F(DisableTest, OtherSettingsStartItAnew) {
  load({recorder()});
  reconfigure(greeting("good morning"));
  EXPECT_THAT(answers_, ElementsAre("ok"));
  EXPECT_EQ(state_of("recorder"), "running");
  EXPECT_TRUE(has_written("destroy\ngood morning\nstart")) << journal_.text;
  disable("recorder");
  ASSERT_TRUE(host_->enable("recorder").ok());
  const std::string text = journal_.text;
  EXPECT_GT(text.rfind("good morning"), text.rfind("destroy")) << "they stay: " << text;
}

TEST_F(DisableTest, OtherSettingsWaitUntilNoLaneAsksTheFormer) {
  load({request("forwarder")});
  lanes_acknowledge();
  reconfigure(request("forwarder", true));
  EXPECT_EQ(state_of("forwarder"), "disabling");
  EXPECT_EQ(engine_.used_selectors.back(), nullptr);
  EXPECT_THAT(answers_, ElementsAre());
  lanes_acknowledge();
  EXPECT_EQ(state_of("forwarder"), "running");
  EXPECT_TRUE(find(*host_, "forwarder").required);
  EXPECT_THAT(engine_.used_selectors.back(), NotNull());
  EXPECT_THAT(engine_.used_policies.back(), NotNull());
  EXPECT_THAT(answers_, ElementsAre("ok"));
}

TEST_F(DisableTest, TheNewestOfSeveralSettingsCounts) {
  load({request("forwarder")});
  lanes_acknowledge();
  reconfigure(request("forwarder", false));
  reconfigure(request("forwarder", true));
  EXPECT_THAT(answers_, ElementsAre("ok")) << "the second waits for nobody";
  lanes_acknowledge();
  EXPECT_TRUE(find(*host_, "forwarder").required);
}

TEST_F(DisableTest, WhatDoesNotStartGetsItsFormerSettingsBack) {
  load({recorder()});
  PluginRequest wrong = recorder();
  wrong.config = R"({"journal": "nowhere"})";
  reconfigure(wrong);
  EXPECT_THAT(answers_, ElementsAre(HasSubstr("there is no journal")));
  EXPECT_EQ(state_of("recorder"), "running");
  EXPECT_TRUE(has_written("destroy\nhello\nstart")) << journal_.text;
}

TEST_F(DisableTest, WhatIsDisabledStaysSoAndHasTheNewSettingsLater) {
  load({recorder()});
  disable("recorder");
  reconfigure(greeting("good night"));
  EXPECT_EQ(state_of("recorder"), "disabled");
  EXPECT_FALSE(has_written("good night"));
  ASSERT_TRUE(host_->enable("recorder").ok());
  EXPECT_TRUE(has_written("good night")) << journal_.text;
}

TEST_F(DisableTest, WhatHasFailedIsStartedWithTheNewSettings) {
  PluginRequest wrong = recorder();
  wrong.required = false;
  wrong.config = R"({"journal": "nowhere"})";
  load({wrong});
  EXPECT_EQ(state_of("recorder"), "failed");
  reconfigure(recorder());
  EXPECT_EQ(state_of("recorder"), "running");
  reconfigure(request("nobody"));
  EXPECT_THAT(answers_, ElementsAre("ok", HasSubstr("no plugin \"nobody\"")));
}

TEST_F(DisableTest, ShutdownWhileALaneIsBusyStartsNothingAnew) {
  load({request("forwarder")});
  lanes_acknowledge();
  reconfigure(request("forwarder", true));
  host_->stop();
  lanes_acknowledge();
  EXPECT_EQ(state_of("forwarder"), "stopped");
  EXPECT_THAT(answers_, ElementsAre());
}

TEST_F(DisableTest, ShutdownWhileALaneIsStillBusyStopsItOnce) {
  load({request("forwarder")});
  lanes_acknowledge();
  disable("forwarder");
  host_->stop();
  EXPECT_EQ(state_of("forwarder"), "stopped");
  lanes_acknowledge();
  EXPECT_EQ(state_of("forwarder"), "stopped");
}

}  // namespace
}  // namespace veche::plugin
