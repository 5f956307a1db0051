// SPDX-License-Identifier: Apache-2.0
// What a controller sees of a room.
#include "controller_fixture.hpp"

namespace veche::room {
namespace {

using ::testing::SizeIs;

TEST_F(ControllerTest, SeesEveryConnectedSessionOfARoomInOneCall) {
  join(*room_, "carol");
  tick();
  EXPECT_EQ(controller_.calls, 1);
  EXPECT_EQ(controller_.name, "r");
  ASSERT_THAT(controller_.sessions, SizeIs(2));
  EXPECT_EQ(controller_.sessions[0].session, ann_->id().value);
  EXPECT_EQ(controller_.sessions[0].participant, room_->find("ann")->number().value);
  EXPECT_EQ(controller_.sessions[1].session, bob_->id().value);
  server->controllers().remove(controller_);
  tick();
  EXPECT_EQ(controller_.calls, 1);
}

TEST_F(ControllerTest, IsNotAskedAboutARoomWithoutAConnectedSession) {
  Room& empty = make_room("empty");
  offer(join(empty, "dan"));
  tick();
  EXPECT_EQ(controller_.calls, 1);
  EXPECT_EQ(controller_.name, "r");
}

TEST_F(ControllerTest, SeesWhatFillsSlots) {
  tick();
  ASSERT_THAT(controller_.routes, SizeIs(1));
  const veche_controlled_route& route = controller_.routes[0];
  EXPECT_EQ(route.track, bob_->tracks()[0].track.value);
  EXPECT_EQ(route.participant, room_->find("bob")->number().value);
  EXPECT_EQ(route.slot, 0u);
  EXPECT_EQ(route.flags, VECHE_ROUTE_DOMINANT | VECHE_ROUTE_SPEAKING | VECHE_ROUTE_ABLE_REDUNDANCY |
                             VECHE_ROUTE_ABLE_RETRANSMISSION);
  EXPECT_EQ(controller_.sessions[0].route_count, 1u);
  EXPECT_EQ(controller_.sessions[1].route_count, 0u);
  ASSERT_THAT(controller_.tracks, SizeIs(2));
  EXPECT_EQ(controller_.tracks[1].listener_count, 1u);
  EXPECT_EQ(controller_.tracks[0].listener_count, 0u);
  ParticipantPatch patch;
  patch.pinned = {{"bob"}};
  EXPECT_TRUE(room_->find("ann")->update(patch).ok());
  tick();
  EXPECT_NE(controller_.routes[0].flags & VECHE_ROUTE_PINNED, 0u);
}

TEST_F(ControllerTest, SeesPricesWithHeadersAndWhatSlotsLose) {
  for (uint64_t i = 1; i <= 60; ++i) {
    bob_->track_statistics = {{.packets = i * 5, .bytes = i * 400, .lost = 0, .expected = 0}};
    ann_->slot_bytes_sent = {i * 520};
    ann_->slot_statistics = {
        {.lost = static_cast<int64_t>(i), .expected = static_cast<int64_t>(i * 5)}};
    tick();
  }
  // 80 bytes of Opus and 68 of headers, 50 times a second.
  EXPECT_NEAR(controller_.routes[0].price_bps, 59'200, 1000);
  EXPECT_NEAR(controller_.tracks[1].bitrate_bps, 32'000, 700);
  EXPECT_NEAR(controller_.tracks[1].packets_per_s, 50, 1);
  // As RTP it is 104 bytes a packet, below which are 44.
  EXPECT_NEAR(controller_.routes[0].sent_bps, 59'200, 1500);
  EXPECT_NEAR(controller_.routes[0].loss, 0.2, 0.01);
}

TEST_F(ControllerTest, SeesTheLink) {
  ann_->link = {.source = media::LinkStatistics::Source::Feedback,
                .is_limit = true,
                .capacity_bps = 96'000,
                .queue_us = 31'000,
                .burst = 24,
                .loss = 0.25f,
                .loss_floor = 0.1f};
  ann_->lane_load = 0.5f;
  tick();
  const veche_controlled_session& session = controller_.sessions[0];
  EXPECT_EQ(session.link, VECHE_LINK_FEEDBACK);
  EXPECT_EQ(session.capacity_bps, 96'000u);
  EXPECT_EQ(session.queue_us, 31'000u);
  EXPECT_EQ(session.burst, 24u);
  EXPECT_EQ(session.loss, 0.25f);
  EXPECT_EQ(session.loss_floor, 0.1f);
  EXPECT_EQ(session.lane_load, 0.5f);
  EXPECT_EQ(session.round_trip_us, 12'500u);
  EXPECT_EQ(session.jitter_us, 2'500u);
  EXPECT_EQ(session.flags, VECHE_SESSION_AT_LIMIT);
  EXPECT_EQ(controller_.sessions[1].link, VECHE_LINK_UNKNOWN);
  EXPECT_EQ(controller_.sessions[1].flags, 0u);
}

TEST_F(ControllerTest, SeesWhoEncryptsAndWhoObeysHints) {
  Participant& eve = join(*room_, "eve");
  eve.open_session("T", [](const Result<SessionAnswer>&) {},
                   {.is_encrypted = true, .obeys_hints = true});
  FakeSession& session = media().newest();
  EXPECT_TRUE(session.request.is_encrypted);
  session.answer();
  session.connect();
  run();
  EXPECT_TRUE(eve.tracks().at(0).is_encrypted);
  EXPECT_TRUE(room_->roster_entry(eve).is_encrypted);
  EXPECT_FALSE(room_->roster_entry(*room_->find("bob")).is_encrypted);
  media().poll(
      {.sessions = {{ann_->id(), {session.tracks().at(0).track}}}, .speaking = {}, .dominant = {}});
  tick();
  ASSERT_THAT(controller_.tracks, SizeIs(3));
  EXPECT_EQ(controller_.tracks[1].flags, 0u);
  EXPECT_EQ(controller_.tracks[2].flags, VECHE_TRACK_ENCRYPTED | VECHE_TRACK_HINTED);
  EXPECT_EQ(controller_.routes[0].flags, VECHE_ROUTE_ABLE_RETRANSMISSION)
      << "what is encrypted is not repeated";
}

}  // namespace
}  // namespace veche::room
