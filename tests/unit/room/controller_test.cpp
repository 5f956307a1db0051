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
  all.expected_in = all.expected_out = static_cast<int64_t>(packets);
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

TEST(SessionRates, LossIsAPartOfThePacketsThatReportsAreAbout) {
  for (const int64_t lost_percent : {0, 1, 5, 100}) {
    SessionRates rates;
    int64_t reported = 0;
    // 50 packets a second, a report every 2 s, and a look every 100 ms.
    for (int64_t tick = 0; tick < 200; ++tick) {
      if (tick % 20 == 7) reported = tick * 5;
      rates.update(statistics(static_cast<uint64_t>(reported), 0, reported * lost_percent / 100),
                   kNsPerS + tick * 100 * kNsPerMs);
      if (tick < 30) continue;
      const float expected = static_cast<float>(lost_percent) / 100;
      EXPECT_NEAR(rates.loss_in(), expected, 0.011) << tick;
      EXPECT_NEAR(rates.loss_out(), expected, 0.011) << tick;
    }
  }
}

TEST(SessionRates, LossIsOfTheNewestReports) {
  SessionRates rates;
  const auto report = [&rates](int64_t s, uint64_t packets, int64_t lost) {
    rates.update(statistics(packets, 0, lost), s * kNsPerS);
    return rates.loss_out();
  };
  EXPECT_EQ(report(1, 1000, 900), 0) << "that was before";
  EXPECT_FLOAT_EQ(report(2, 1100, 920), 0.2f);
  EXPECT_FLOAT_EQ(report(3, 1100, 920), 0.2f) << "no report has come since";
  EXPECT_FLOAT_EQ(report(4, 1103, 921), 0.2f) << "three packets say little";
  EXPECT_FLOAT_EQ(report(8, 1110, 921), 0.1f) << "but after a while they are told";
  EXPECT_EQ(report(9, 1210, 915), 0) << "late packets came after all";
  EXPECT_EQ(report(10, 1310, 1090), 1) << "never more than all";
  EXPECT_EQ(report(30, 1310, 1090), 0) << "nothing was reported for long";
  EXPECT_EQ(report(31, 20, 10), 0) << "another session";
  EXPECT_FLOAT_EQ(report(32, 120, 20), 0.1f);
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
