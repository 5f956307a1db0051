// SPDX-License-Identifier: Apache-2.0
// The effect of a controller's decisions, and what is taken back when it goes.
#include "controller_fixture.hpp"

namespace veche::room {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(ControllerTest, SwitchesSlotsOffAndOn) {
  decide_route({.target = VECHE_TARGET_OFF, .protection = 0, .reason = kCongestion, .reserved = 0});
  tick();
  EXPECT_FALSE(ann_->active_slots.at(0));
  EXPECT_THAT(
      trace_of("ann", "adaptation"),
      ElementsAre(HasSubstr(R"("sent":"off","repeated":0,"resends":false,"reason":"congestion")")));
  const std::vector<SlotState> slots = room_->find("ann")->slot_states();
  EXPECT_TRUE(slots[0].control.is_off);
  EXPECT_EQ(slots[0].control.reason, "congestion");
  const int commands = ann_->commands;
  tick();
  EXPECT_EQ(ann_->commands, commands) << "nothing has changed";
  EXPECT_THAT(trace_of("ann", "adaptation"), SizeIs(1));
  controller_.decide = nullptr;
  tick();
  EXPECT_TRUE(ann_->active_slots.at(0));
}

TEST_F(ControllerTest, ASlotThatHasBecomeEmptyWaitsForNobody) {
  decide_route({VECHE_TARGET_OFF, VECHE_PROTECT_TWO | VECHE_PROTECT_RETRANSMIT, kCongestion, 0});
  tick();
  media().poll({.sessions = {{ann_->id(), {TrackId{}}}}, .speaking = {}, .dominant = {}});
  controller_.decide = nullptr;
  tick();
  EXPECT_TRUE(ann_->active_slots.at(0));
  EXPECT_EQ(ann_->protections.at(0), (media::Protection{2, true})) << "the network is as it was";
}

TEST_F(ControllerTest, ProtectsSlots) {
  decide_route({VECHE_TARGET_ALL, VECHE_PROTECT_ONE | VECHE_PROTECT_RETRANSMIT, kLoss, 0});
  tick();
  EXPECT_EQ(ann_->protections.at(0), (media::Protection{1, true}));
  decide_route({VECHE_TARGET_ALL, VECHE_PROTECT_NONE, kNone, 0});
  tick();
  EXPECT_EQ(ann_->protections.at(0), (media::Protection{0, false}));
  decide_route({VECHE_TARGET_ALL, VECHE_PROTECT_AS_PUBLISHED | VECHE_PROTECT_RETRANSMIT, 0, 0});
  tick();
  EXPECT_EQ(ann_->protections.at(0), media::Protection{});
}

TEST_F(ControllerTest, HasPublishersHearOfTheirListenersLoss) {
  decide_track({.reported_loss = 0.2f, .reason = kLoss});
  tick();
  const TrackId track = bob_->tracks()[0].track;
  EXPECT_NEAR(bob_->reported_losses.at(track), 0.2, 0.002);
  const int commands = bob_->commands;
  decide_track({.reported_loss = 0.2005f, .reason = kLoss});
  tick();
  EXPECT_EQ(bob_->commands, commands) << "reports could not say it";
  decide_track({});
  tick();
  EXPECT_EQ(bob_->reported_losses.at(track), 0);
  EXPECT_THAT(trace_of("bob", "hint"), SizeIs(2));
}

TEST_F(ControllerTest, WishesAreToldWhenTheyChange) {
  decide_session({.wish_bps = 64'000});
  tick();
  EXPECT_EQ(ann_->wished_bps, 64'000u);
  const int commands = ann_->commands;
  tick();
  EXPECT_EQ(ann_->commands, commands);
}

TEST_F(ControllerTest, HintsAreToldOnceAndToClientsThatComeLater) {
  RecordingSink first, second;
  const auto feed = room_->watch("bob", first);
  decide_track({.max_bitrate_bps = 32'000, .packet_ms = 60, .dtx = 2, .reason = kCongestion});
  tick();
  tick();
  EXPECT_THAT(first.lines, ElementsAre("snapshot", "hint 0:32000/60/2 congestion"));
  const auto later = room_->watch("bob", second);
  tick();
  EXPECT_THAT(second.lines, ElementsAre("snapshot", "hint 0:32000/60/2 congestion"));
  decide_track({.reason = kCongestion});
  tick();
  EXPECT_THAT(second.lines, Contains("hint")) << "nothing is asked any more";
}

TEST_F(ControllerTest, AClientLearnsTheQualityOfItsNetwork) {
  RecordingSink sink, other;
  const auto feed = room_->watch("ann", sink);
  const auto bobs = room_->watch("bob", other);
  decide_session({.quality = VECHE_QUALITY_POOR, .reason = kCongestion});
  tick();
  tick();
  EXPECT_THAT(sink.lines, ElementsAre("snapshot", "quality poor congestion"));
  EXPECT_THAT(other.lines, ElementsAre("snapshot"));
  EXPECT_EQ(room_->find("ann")->network().quality, Quality::Poor);
  EXPECT_THAT(trace_of("ann", "quality"),
              ElementsAre(R"({"quality":"poor","reason":"congestion"})"));
  RecordingSink later;
  const auto again = room_->watch("ann", later);
  tick();
  EXPECT_THAT(later.lines, ElementsAre("snapshot", "quality poor congestion"));
}

TEST_F(ControllerTest, BackendsLearnTheQualityAtMostEveryFiveSecondsAndTheLastOne) {
  const auto use = [this](uint32_t quality) {
    decide_session({.quality = quality, .reason = kLoss});
    tick();
  };
  use(VECHE_QUALITY_FAIR);
  run();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].type, "quality.changed");
  EXPECT_THAT(events[0].data, HasSubstr(R"("quality":"fair","reason":"loss","since":")"));
  EXPECT_THAT(events[0].data, HasSubstr(room_->find("ann")->session_name()));
  for (int i = 0; i < 10; ++i) use(i % 2 == 0 ? VECHE_QUALITY_GOOD : VECHE_QUALITY_POOR);
  EXPECT_THAT(take_events(), SizeIs(1));
  for (int i = 0; i < 50; ++i) use(VECHE_QUALITY_POOR);
  EXPECT_THAT(take_events(), ElementsAre("quality.changed ann"));
}

TEST_F(ControllerTest, EverythingIsTakenBackWhenItGoes) {
  RecordingSink sink;
  const auto feed = room_->watch("bob", sink);
  controller_.decide = [](const veche_controlled_room& room, veche_room_decision& decision) {
    decision.routes[0] = {VECHE_TARGET_OFF, VECHE_PROTECT_TWO, kCongestion, 0};
    for (uint32_t i = 0; i < room.session_count; ++i) {
      decision.sessions[i] = {64'000, VECHE_QUALITY_POOR, kCongestion, 0};
      decision.tracks[i] = {24'000, 60, 2, 0.5f, kCongestion, 0};
    }
  };
  tick();
  ASSERT_FALSE(ann_->active_slots.at(0));
  ASSERT_EQ(ann_->wished_bps, 64'000u);
  sink.take();
  take_events();
  server->controllers().remove(controller_);
  tick();
  EXPECT_TRUE(ann_->active_slots.at(0));
  EXPECT_EQ(ann_->protections.at(0), media::Protection{});
  EXPECT_EQ(bob_->reported_losses.at(bob_->tracks()[0].track), 0);
  EXPECT_EQ(ann_->wished_bps, 0u);
  EXPECT_EQ(bob_->wished_bps, 0u);
  EXPECT_THAT(sink.lines, ElementsAre("hint", "quality unknown "));
  EXPECT_TRUE(room_->find("bob")->hint().empty());
  const int commands = ann_->commands + bob_->commands;
  for (int i = 0; i < 60; ++i) tick();
  EXPECT_EQ(ann_->commands + bob_->commands, commands) << "once";
  EXPECT_THAT(take_events(), ElementsAre("quality.changed ann", "quality.changed bob"));
  for (int i = 0; i < 60; ++i) tick();
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ControllerTest, ASessionThatReplacesAnotherBeginsWithEverything) {
  decide_route({VECHE_TARGET_OFF, 0, kCongestion, 0});
  tick();
  controller_.decide = nullptr;
  FakeSession& newer = connect(*room_, "ann");
  tick();
  EXPECT_EQ(newer.commands, 0);
  EXPECT_FALSE(room_->find("ann")->slot_states()[0].control.is_off);
}

TEST_F(ControllerTest, ForgetsWhatHasEndedTheRoomLast) {
  tick();
  const uint64_t ann = ann_->id().value, bob = bob_->id().value, room = room_->media().id().value;
  EXPECT_TRUE(room_->remove("ann", EndReason::Left).ok());
  EXPECT_THAT(controller_.forgotten, ElementsAre(ann));
  EXPECT_TRUE(server->remove_room("r").ok());
  EXPECT_THAT(controller_.forgotten, ElementsAre(ann, bob, room));
}

TEST_F(ControllerTest, MayHaveAParticipantRemovedWhileItIsAsked) {
  controller_.decide = [this](const veche_controlled_room& room, veche_room_decision& decision) {
    for (uint32_t i = 0; i < room.session_count; ++i) decision.sessions[i].wish_bps = 1;
    static_cast<void>(room_->remove("ann", EndReason::Removed));
  };
  tick();
  EXPECT_EQ(bob_->wished_bps, 1u);
}

}  // namespace
}  // namespace veche::room
