// SPDX-License-Identifier: Apache-2.0
// The sessions that a controller sees, and the effect of its decisions.
#include "room/controller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "room_fixture.hpp"

namespace veche::room {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

media::SessionStatistics statistics(uint64_t packets, uint64_t bytes, int64_t lost) {
  media::SessionStatistics all;
  all.packets_received = all.packets_sent = packets;
  all.bytes_received = all.bytes_sent = bytes;
  all.slot_bytes_sent = {bytes, 0};
  all.lost_in = all.lost_out = lost;
  return all;
}

TEST(SessionRates, AverageOverAboutASecond) {
  SessionRates rates;
  int64_t now_ns = 5 * kNsPerS;
  for (uint64_t i = 0; i <= 50; ++i, now_ns += 100 * kNsPerMs) {
    rates.update(statistics(i * 5, i * 500, 0), now_ns);
  }
  EXPECT_NEAR(rates.bitrate_in_bps(), 40'000, 1000);
  EXPECT_NEAR(rates.bitrate_out_bps(), 40'000, 1000);
  EXPECT_NEAR(rates.slot_bps(0), 40'000, 1000);
  EXPECT_EQ(rates.slot_bps(1), 0u);
  EXPECT_EQ(rates.slot_bps(7), 0u);
  for (uint64_t i = 0; i < 50; ++i, now_ns += 100 * kNsPerMs) {
    rates.update(statistics(250, 25'000, 0), now_ns);
  }
  EXPECT_LT(rates.bitrate_in_bps(), 1000u) << "nothing comes any more";
}

TEST(SessionRates, LossIsOfWhatCameSince) {
  SessionRates rates;
  rates.update(statistics(1000, 0, 900), kNsPerS);
  EXPECT_EQ(rates.loss_in(), 0) << "that was before";
  rates.update(statistics(1080, 0, 920), 2 * kNsPerS);
  EXPECT_FLOAT_EQ(rates.loss_in(), 0.2f);
  EXPECT_FLOAT_EQ(rates.loss_out(), 0.2f);
  rates.update(statistics(1080, 0, 915), 3 * kNsPerS);
  EXPECT_EQ(rates.loss_in(), 0) << "late packets came after all";
  rates.update(statistics(1080, 0, 990), 4 * kNsPerS);
  EXPECT_EQ(rates.loss_out(), 0) << "nothing was sent";
  rates.update(statistics(1090, 0, 1000), 4 * kNsPerS);
  EXPECT_EQ(rates.loss_in(), 1.0f) << "no time has passed, so nothing is measured anew";
}

class FakeController final : public Controller {
 public:
  void control(const veche_session_view& view, veche_session_targets& targets) override {
    participants.push_back(view.participant);
    newest.assign(view.routes, view.routes + view.route_count);
    for (uint32_t i = 0; i < view.route_count; ++i) targets.targets[i] = target;
    targets.hint = hint;
  }
  void forget(SessionId session) override { forgotten.push_back(session); }

  uint32_t target = VECHE_TARGET_ALL;
  veche_publish_hint hint{};
  std::vector<uint64_t> participants;
  std::vector<veche_controlled_route> newest;
  std::vector<SessionId> forgotten;
};

class ControllerTest : public RoomTest {
 protected:
  /// Ann hears Bob in her first slot.
  void SetUp() override {
    RoomTest::SetUp();
    room_ = &make_room();
    ann_session_ = &connect(*room_, "ann");
    const FakeSession& bob = connect(*room_, "bob");
    tick();
    media::Selection selection;
    selection.sessions = {{ann_session_->id(), {bob.tracks().at(0).track}}};
    media().poll(selection);
    server->use_controller(&controller_);
  }

  FakeController controller_;
  Room* room_ = nullptr;
  FakeSession* ann_session_ = nullptr;
};

TEST_F(ControllerTest, SeesEveryConnectedSessionAndWhatFillsItsSlots) {
  join(*room_, "carol");
  tick();
  EXPECT_THAT(controller_.participants,
              ElementsAre(room_->find("ann")->number().value, room_->find("bob")->number().value));
  EXPECT_THAT(controller_.newest, IsEmpty()) << "nobody fills Bob's slots";
  tick();
  controller_.participants.clear();
  server->use_controller(nullptr);
  tick();
  EXPECT_THAT(controller_.participants, IsEmpty());
}

TEST_F(ControllerTest, SwitchesSlotsOffAndOn) {
  controller_.target = VECHE_TARGET_OFF;
  tick();
  EXPECT_THAT(ann_session_->active_slots, ElementsAre(std::pair<const size_t, bool>{0, false}));
  controller_.target = VECHE_TARGET_ALL;
  tick();
  EXPECT_TRUE(ann_session_->active_slots[0]);
  controller_.target = VECHE_TARGET_OFF;
  tick();
  server->use_controller(nullptr);
  tick();
  EXPECT_TRUE(ann_session_->active_slots[0]) << "who decided that is gone";
}

TEST_F(ControllerTest, HintsAreToldOnceAndToWhoComesLater) {
  RecordingSink first, second;
  const auto feed = room_->watch("ann", first);
  controller_.hint = {32'000, 10};
  tick();
  tick();
  EXPECT_THAT(first.lines, ElementsAre("snapshot", "hint 32000 10"));
  const auto later = room_->watch("ann", second);
  tick();
  EXPECT_THAT(second.lines, ElementsAre("snapshot", "hint 32000 10"));
  server->use_controller(nullptr);
  tick();
  EXPECT_THAT(second.lines, Contains("hint 0 0"));
}

TEST_F(ControllerTest, ForgetsWhatHasEnded) {
  tick();
  const SessionId session = ann_session_->id();
  EXPECT_TRUE(room_->remove("ann", EndReason::Left).ok());
  EXPECT_THAT(controller_.forgotten, ElementsAre(session));
}

}  // namespace
}  // namespace veche::room
