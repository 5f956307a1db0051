// SPDX-License-Identifier: Apache-2.0
// Plugins that are disabled and enabled while rooms are open.
#include <gmock/gmock.h>

#include <optional>

#include "../unit/room/fake_media.hpp"
#include "host_fixture.hpp"

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
  /// The lanes have let go of what they used.
  void lanes_acknowledge() {
    for (const auto& done : std::exchange(engine_.waiting, {})) done();
  }

  room::FakeEngine engine_;
  std::unique_ptr<Host> host_;
  std::optional<room::Server> rooms_;
  std::vector<std::string> answers_;
};

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
  EXPECT_FALSE(room->update({.plugins = {{"wrapped", "{}"}}}).ok());
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
