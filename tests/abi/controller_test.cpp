// SPDX-License-Identifier: Apache-2.0
// Controllers made with the C++ wrapper, in a host whose structs are larger than the plugin's; two
// beside each other.
#include <gmock/gmock.h>

#include <array>
#include <optional>

#include "../unit/room/fake_media.hpp"
#include "host_fixture.hpp"

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// As a newer host would have it.
template <class T>
struct Larger {
  T known{};
  uint8_t newer[24] = {};
};

class ControllerPluginTest : public HostTest {
 protected:
  void SetUp() override {
    host_ = std::move(Host::load(loop_, settings_of({request("steady", true)}))).value();
    rooms_.emplace(loop_, engine_, room::Limits{}, 0);
    host_->attach(engine_, *rooms_);
    sessions_[0].known = {.session = 11, .first_route = 0, .route_count = 2};
    sessions_[1].known = {.session = 12, .first_route = 2, .route_count = 1, .track_count = 1};
    for (auto& route : routes_) route.known.flags = VECHE_ROUTE_ABLE_REDUNDANCY;
    tracks_[0].known = {.track = 21, .flags = VECHE_TRACK_HINTED};
  }
  void TearDown() override {
    host_->detach();
    rooms_.reset();
    host_->stop();
  }

  room::Controller& controller() { return *rooms_->controllers().all().at(0); }
  void ask() {
    veche_controlled_room room{};
    room.struct_size = sizeof room;
    room.session_count = sessions_.size();
    room.route_count = routes_.size();
    room.track_count = tracks_.size();
    room.session_stride = sizeof sessions_[0];
    room.route_stride = sizeof routes_[0];
    room.track_stride = sizeof tracks_[0];
    room.name = "lobby";
    room.sessions = &sessions_[0].known;
    room.routes = &routes_[0].known;
    room.tracks = &tracks_[0].known;
    veche_room_decision decision{};
    decision.struct_size = sizeof decision;
    decision.session_stride = sizeof session_decisions_[0];
    decision.route_stride = sizeof route_decisions_[0];
    decision.track_stride = sizeof track_decisions_[0];
    decision.sessions = &session_decisions_[0].known;
    decision.routes = &route_decisions_[0].known;
    decision.tracks = &track_decisions_[0].known;
    room::reset_decision(room, decision);
    controller().control(room, decision);
  }

  room::FakeEngine engine_;
  std::unique_ptr<Host> host_;
  std::optional<room::Server> rooms_;
  std::array<Larger<veche_controlled_session>, 2> sessions_;
  std::array<Larger<veche_controlled_route>, 3> routes_;
  std::array<Larger<veche_controlled_track>, 1> tracks_;
  std::array<Larger<veche_session_decision>, 2> session_decisions_;
  std::array<Larger<veche_route_decision>, 3> route_decisions_;
  std::array<Larger<veche_track_decision>, 1> track_decisions_;
};

TEST_F(ControllerPluginTest, DecidesOnEachElementOfArraysWithStrides) {
  sessions_[1].known.loss = 0.2f;
  ask();
  EXPECT_EQ(route_decisions_[0].known.protection, VECHE_PROTECT_AS_PUBLISHED);
  EXPECT_EQ(route_decisions_[2].known.protection, VECHE_PROTECT_ONE);
  EXPECT_EQ(session_decisions_[1].known.quality, VECHE_QUALITY_GOOD);
  EXPECT_EQ(track_decisions_[0].known.max_bitrate_bps, 16'000u);
  sessions_[0].known.capacity_bps = 50'000;
  sessions_[0].known.used_bps = 60'000;
  routes_[1].known.flags |= VECHE_ROUTE_DOMINANT;
  ask();
  EXPECT_EQ(route_decisions_[0].known.target, VECHE_TARGET_OFF);
  EXPECT_EQ(route_decisions_[1].known.target, VECHE_TARGET_ALL);
  EXPECT_EQ(session_decisions_[0].known.wish_bps, 60'000u);
  EXPECT_EQ(controller().reasons()[session_decisions_[0].known.reason], "congestion");
  EXPECT_EQ(find(*host_, "steady").bad_decisions, 0u);
}

TEST_F(ControllerPluginTest, IsForgottenWhenItIsDisabled) {
  ask();
  controller().forget(SessionId{12});
  std::vector<std::string> answers;
  host_->disable("steady",
                 [&](const Status& status) { answers.push_back(status ? "ok" : "failed"); });
  EXPECT_TRUE(rooms_->controllers().empty());
  EXPECT_THAT(answers, ElementsAre("ok"));
}

/// A host with these plugins, in a server of rooms.
class ControllersOfAKindTest : public HostTest {
 protected:
  void load(const std::vector<std::string>& names) {
    std::vector<PluginRequest> plugins;
    for (const std::string& name : names) plugins.push_back(request(name));
    settings_ = settings_of(std::move(plugins));
    host_ = std::move(Host::load(loop_, settings_)).value();
    rooms_.emplace(loop_, engine_, room::Limits{}, 0);
    host_->attach(engine_, *rooms_);
  }
  void TearDown() override {
    host_->detach();
    rooms_.reset();
    host_->stop();
  }
  std::string error_of(const std::string& name) { return find(*host_, name).error; }

  room::FakeEngine engine_;
  HostSettings settings_;
  std::unique_ptr<Host> host_;
  std::optional<room::Server> rooms_;
};

TEST_F(ControllersOfAKindTest, RunBesideEachOther) {
  load({"steady_video", "steady_audio"});
  EXPECT_THAT(Host::check(settings_), IsEmpty());
  ASSERT_THAT(rooms_->controllers().all(), SizeIs(2));
  EXPECT_EQ(rooms_->controllers().all()[0]->kind(), VECHE_KIND_AUDIO);
  EXPECT_EQ(rooms_->controllers().all()[1]->kind(), VECHE_KIND_VIDEO);
  host_->disable("steady_audio", [](const Status&) {});
  ASSERT_THAT(rooms_->controllers().all(), SizeIs(1));
  EXPECT_EQ(rooms_->controllers().all()[0]->kind(), VECHE_KIND_VIDEO);
  EXPECT_TRUE(host_->enable("steady_audio").ok());
  EXPECT_THAT(rooms_->controllers().all(), SizeIs(2));
}

TEST_F(ControllersOfAKindTest, AreRefusedWhereTheirKindsMeet) {
  load({"steady_audio", "steady", "steady_video"});
  const char* const reason =
      "the plugins \"steady\" (veche.controller/2) and \"steady_audio\" (veche.audio-controller/2) "
      "would both decide about audio, and each kind of media has one controller: disable one of "
      "the two, or let each offer veche.audio-controller/2 or veche.video-controller/2";
  EXPECT_EQ(find(*host_, "steady").state, "failed");
  EXPECT_THAT(error_of("steady"), HasSubstr(reason));
  EXPECT_EQ(find(*host_, "steady_video").state, "running")
      << "the one that is refused is no obstacle";
  const auto problems = Host::check(settings_);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].detail, HasSubstr(reason)) << "found without running anything";
  host_->disable("steady_audio", [](const Status&) {});
  EXPECT_THAT(host_->enable("steady").error().message, HasSubstr("would both decide about video"));
  host_->disable("steady_video", [](const Status&) {});
  EXPECT_TRUE(host_->enable("steady").ok());
  EXPECT_FALSE(host_->enable("steady_audio").ok());
}

}  // namespace
}  // namespace veche::plugin
