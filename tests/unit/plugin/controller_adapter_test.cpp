// SPDX-License-Identifier: Apache-2.0
// What a controller plugin decides, checked.
#include "plugin/controller_adapter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace veche::plugin::controller_adapter_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct FakePlugin {
  std::function<void(const veche_controlled_room&, veche_room_decision&)> decide;
  uint64_t forgotten_session = 0, forgotten_room = 0;
};

FakePlugin* fake(veche_plugin* self) { return reinterpret_cast<FakePlugin*>(self); }

void decide(veche_plugin* self, const veche_controlled_room* room, veche_room_decision* decision) {
  if (fake(self)->decide) fake(self)->decide(*room, *decision);
}
void forget_session(veche_plugin* self, uint64_t session) {
  fake(self)->forgotten_session = session;
}
void forget_room(veche_plugin* self, uint64_t room) { fake(self)->forgotten_room = room; }

constexpr std::array<const char*, 3> kReasons{"", "loss", "congestion"};
constexpr veche_controller kTable = {.struct_size = sizeof(veche_controller),
                                     .reason_count = kReasons.size(),
                                     .reasons = kReasons.data(),
                                     .control = decide,
                                     .forget_session = forget_session,
                                     .forget_room = forget_room};

constexpr uint8_t kUntouched = 0xa5;

/// A host whose elements are larger than the plugin knows.
template <class T>
struct Larger {
  T known{};
  std::array<uint8_t, 40> newer{};
};

/// One session with a track and three slots: the first is able to everything, the second to
/// nothing, the third to retransmission.
class ControllerAdapterTest : public ::testing::Test {
 protected:
  void ask() {
    routes_[0].known.flags = VECHE_ROUTE_ABLE_REDUNDANCY | VECHE_ROUTE_ABLE_RETRANSMISSION;
    routes_[2].known.flags = VECHE_ROUTE_ABLE_RETRANSMISSION | VECHE_ROUTE_SPEAKING;
    veche_controlled_room room{};
    room.struct_size = sizeof room;
    room.session_count = room.track_count = 1;
    room.route_count = routes_.size();
    room.session_stride = sizeof session_;
    room.route_stride = sizeof routes_[0];
    room.track_stride = sizeof track_;
    room.name = "lobby";
    room.sessions = &session_.known;
    room.routes = &routes_[0].known;
    room.tracks = &track_.known;
    decision_ = {};
    decision_.struct_size = sizeof decision_;
    decision_.session_stride = sizeof decided_session_;
    decision_.route_stride = sizeof decided_routes_[0];
    decision_.track_stride = sizeof decided_track_;
    decision_.sessions = &decided_session_.known;
    decision_.routes = &decided_routes_[0].known;
    decision_.tracks = &decided_track_.known;
    for (auto& route : decided_routes_) route.newer.fill(kUntouched);
    decided_session_.newer.fill(kUntouched);
    room::reset_decision(room, decision_);
    adapter_.control(room, decision_);
    for (const auto& route : decided_routes_) EXPECT_THAT(route.newer, testing::Each(kUntouched));
    EXPECT_THAT(decided_session_.newer, testing::Each(kUntouched));
  }
  std::array<uint32_t, 3> targets() const {
    return {decided_routes_[0].known.target, decided_routes_[1].known.target,
            decided_routes_[2].known.target};
  }
  std::array<uint32_t, 3> protections() const {
    return {decided_routes_[0].known.protection, decided_routes_[1].known.protection,
            decided_routes_[2].known.protection};
  }
  /// Each route in turn, then the same again.
  void decide_routes(std::vector<veche_route_decision> routes) {
    plugin_.decide = [routes = std::move(routes)](const veche_controlled_room& room,
                                                  veche_room_decision& decision) {
      for (uint32_t i = 0; i < room.route_count; ++i) {
        *VECHE_AT(veche_route_decision, decision.routes, decision.route_stride, i) =
            routes[i % routes.size()];
      }
    };
  }
  veche_track_decision corrected(const veche_track_decision& track) {
    plugin_.decide = [track](const veche_controlled_room&, veche_room_decision& decision) {
      *decision.tracks = track;
    };
    ask();
    return decided_track_.known;
  }

  FakePlugin plugin_;
  veche_plugin* const self_ = reinterpret_cast<veche_plugin*>(&plugin_);
  HookTimers timers_;
  ControllerAdapter adapter_{"adaptive", kTable, self_, timers_};
  Larger<veche_controlled_session> session_;
  std::array<Larger<veche_controlled_route>, 3> routes_;
  Larger<veche_controlled_track> track_;
  Larger<veche_session_decision> decided_session_;
  std::array<Larger<veche_route_decision>, 3> decided_routes_;
  Larger<veche_track_decision> decided_track_;
  veche_room_decision decision_{};
};

TEST_F(ControllerAdapterTest, BeginsWithWhatHoldsWithoutAController) {
  ask();
  EXPECT_THAT(targets(), ElementsAre(VECHE_TARGET_ALL, VECHE_TARGET_ALL, VECHE_TARGET_ALL));
  EXPECT_THAT(protections(), ElementsAre(VECHE_PROTECT_AS_PUBLISHED | VECHE_PROTECT_RETRANSMIT,
                                         VECHE_PROTECT_AS_PUBLISHED,
                                         VECHE_PROTECT_AS_PUBLISHED | VECHE_PROTECT_RETRANSMIT));
  EXPECT_EQ(adapter_.bad_decisions(), 0u);
  EXPECT_EQ(timers_[0].calls(), 1u);
}

TEST_F(ControllerAdapterTest, PassesOnWhatIsPossible) {
  decide_routes({{VECHE_TARGET_OFF, VECHE_PROTECT_TWO | VECHE_PROTECT_RETRANSMIT, 2, 0},
                 {VECHE_TARGET_ALL, VECHE_PROTECT_NONE, 0, 0},
                 {VECHE_TARGET_ALL, VECHE_PROTECT_AS_PUBLISHED, 1, 0}});
  ask();
  EXPECT_THAT(targets(), ElementsAre(VECHE_TARGET_OFF, VECHE_TARGET_ALL, VECHE_TARGET_ALL));
  EXPECT_THAT(protections(), ElementsAre(VECHE_PROTECT_TWO | VECHE_PROTECT_RETRANSMIT,
                                         VECHE_PROTECT_NONE, VECHE_PROTECT_AS_PUBLISHED));
  EXPECT_EQ(decided_routes_[0].known.reason, 2u);
  const veche_track_decision track = corrected({510'000, 60, 2, 1.0f, 1, 0});
  EXPECT_EQ(track.max_bitrate_bps, 510'000u);
  EXPECT_EQ(track.packet_ms, 60u);
  EXPECT_EQ(track.dtx, 2u);
  EXPECT_EQ(track.reported_loss, 1.0f);
  EXPECT_EQ(adapter_.bad_decisions(), 0u);
}

TEST_F(ControllerAdapterTest, UnknownTargetsAndLayersOfVoiceAreEverythingAndCounted) {
  decide_routes({{7, 0, 0, 0}, {VECHE_TARGET_OFF, 0, 0, 0}, {VECHE_TARGET_LAYER(0), 0, 0, 0}});
  ask();
  EXPECT_THAT(targets(), ElementsAre(VECHE_TARGET_ALL, VECHE_TARGET_OFF, VECHE_TARGET_ALL));
  EXPECT_EQ(adapter_.bad_decisions(), 2u);
}

TEST_F(ControllerAdapterTest, CutsProtectionToWhatTheRouteIsAbleToHave) {
  decide_routes({{VECHE_TARGET_ALL, VECHE_PROTECT_TWO | VECHE_PROTECT_RETRANSMIT, 0, 0}});
  ask();
  EXPECT_THAT(protections(),
              ElementsAre(VECHE_PROTECT_TWO | VECHE_PROTECT_RETRANSMIT, VECHE_PROTECT_AS_PUBLISHED,
                          VECHE_PROTECT_AS_PUBLISHED | VECHE_PROTECT_RETRANSMIT));
  EXPECT_EQ(adapter_.bad_decisions(), 2u);
  decide_routes({{VECHE_TARGET_ALL, 0xff0 | VECHE_PROTECT_ONE, 0, 0}, {}, {}});
  ask();
  EXPECT_EQ(protections()[0], VECHE_PROTECT_ONE);
  EXPECT_EQ(adapter_.bad_decisions(), 3u);
}

TEST_F(ControllerAdapterTest, CorrectsHintsThatNoEncoderCouldObey) {
  const veche_track_decision track = corrected({~0u, 30, 3, 0, 3, 0});
  EXPECT_EQ(track.max_bitrate_bps, 510'000u);
  EXPECT_EQ(track.packet_ms, 0u);
  EXPECT_EQ(track.dtx, 0u);
  EXPECT_EQ(track.reason, 0u);
  EXPECT_EQ(adapter_.bad_decisions(), 4u);
}

TEST_F(ControllerAdapterTest, CorrectsLossThatIsNoPart) {
  const float inf = std::numeric_limits<float>::infinity();
  const struct {
    float decided, possible;
  } cases[] = {{std::nanf(""), 0}, {-0.1f, 0}, {1.1f, 1}, {inf, 1}, {-inf, 0}};
  uint64_t bad = 0;
  for (const auto& [decided, possible] : cases) {
    EXPECT_EQ(corrected({0, 0, 0, decided, 0, 0}).reported_loss, possible) << decided;
    EXPECT_EQ(adapter_.bad_decisions(), ++bad) << decided;
  }
  EXPECT_EQ(corrected({0, 0, 0, -0.0f, 0, 0}).reported_loss, 0);
  EXPECT_EQ(adapter_.bad_decisions(), bad);
}

TEST_F(ControllerAdapterTest, CorrectsUnknownQualitiesAndReasons) {
  plugin_.decide = [](const veche_controlled_room&, veche_room_decision& decision) {
    *decision.sessions = {.wish_bps = 64'000, .quality = 4, .reason = 3, .reserved = 0};
    decision.routes->reason = ~0u;
  };
  ask();
  EXPECT_EQ(decided_session_.known.wish_bps, 64'000u);
  EXPECT_EQ(decided_session_.known.quality, VECHE_QUALITY_UNKNOWN);
  EXPECT_EQ(decided_session_.known.reason, 0u);
  EXPECT_EQ(decided_routes_[0].known.reason, 0u);
  EXPECT_EQ(adapter_.bad_decisions(), 3u);
}

TEST_F(ControllerAdapterTest, WhatThePluginMakesOfTheStructItselfHasNoEffect) {
  plugin_.decide = [](const veche_controlled_room&, veche_room_decision& decision) {
    decision.routes->target = VECHE_TARGET_OFF;
    decision = {};
  };
  ask();
  EXPECT_EQ(targets()[0], VECHE_TARGET_OFF);
  EXPECT_EQ(decision_.routes, &decided_routes_[0].known);
}

TEST_F(ControllerAdapterTest, AnExceptionLeavesEverythingAsItIsWithoutIt) {
  plugin_.decide = [](const veche_controlled_room&, veche_room_decision& decision) {
    decision.routes->target = VECHE_TARGET_OFF;
    decision.tracks->max_bitrate_bps = 24'000;
    decision.sessions->quality = VECHE_QUALITY_POOR;
    throw std::runtime_error("no idea");
  };
  ask();
  EXPECT_EQ(targets()[0], VECHE_TARGET_ALL);
  EXPECT_EQ(protections()[0], VECHE_PROTECT_AS_PUBLISHED | VECHE_PROTECT_RETRANSMIT);
  EXPECT_EQ(decided_track_.known.max_bitrate_bps, 0u);
  EXPECT_EQ(decided_session_.known.quality, VECHE_QUALITY_UNKNOWN);
}

TEST_F(ControllerAdapterTest, ForgetsSessionsAndRooms) {
  adapter_.forget(SessionId{5});
  adapter_.forget(RoomId{6});
  EXPECT_EQ(plugin_.forgotten_session, 5u);
  EXPECT_EQ(plugin_.forgotten_room, 6u);
  EXPECT_THAT(adapter_.reasons(), ElementsAre("", "loss", "congestion"));
}

std::string refusal(void (*damage)(veche_controller&)) {
  veche_controller table = kTable;
  damage(table);
  const Status checked = ControllerAdapter::check(table);
  return checked ? "accepted" : checked.error().message;
}

TEST(ControllerTable, IsRefusedWithoutAFunctionOrItsReasons) {
  static constexpr std::array<const char*, 2> kNull{"", nullptr};
  static constexpr std::array<const char*, 2> kNotEmpty{"loss", "congestion"};
  static constexpr std::array<const char*, 2> kNoWord{"", "Too much"};
  static constexpr std::array<const char*, 2> kLong{"",
                                                    "a-word-of-more-than-thirty-two-characters"};
  EXPECT_EQ(refusal([](veche_controller&) {}), "accepted");
  EXPECT_EQ(refusal([](veche_controller& t) { t.control = nullptr; }), "control is null");
  EXPECT_EQ(refusal([](veche_controller& t) { t.forget_session = nullptr; }),
            "forget_session is null");
  EXPECT_EQ(refusal([](veche_controller& t) { t.forget_room = nullptr; }), "forget_room is null");
  EXPECT_EQ(refusal([](veche_controller& t) { t.reasons = nullptr; }), "reasons is null");
  EXPECT_THAT(refusal([](veche_controller& t) { t.reason_count = 0; }),
              HasSubstr("reason_count is 0"));
  EXPECT_THAT(refusal([](veche_controller& t) { t.reason_count = 1'000'000; }),
              HasSubstr("1 to 64 are possible"));
  const auto with = [](auto& reasons) {
    veche_controller table = kTable;
    table.reasons = reasons.data();
    table.reason_count = reasons.size();
    const Status checked = ControllerAdapter::check(table);
    return checked ? std::string("accepted") : checked.error().message;
  };
  EXPECT_EQ(with(kNull), "reasons[1] is null");
  EXPECT_THAT(with(kNotEmpty), HasSubstr("reasons[0] has to be \"\""));
  EXPECT_THAT(with(kNoWord), HasSubstr("reasons[1] has to be a word"));
  EXPECT_THAT(with(kLong), HasSubstr("reasons[1] has to be a word"));
}

}  // namespace
}  // namespace veche::plugin::controller_adapter_test
