// SPDX-License-Identifier: Apache-2.0
// Where media goes: to what the client nominates, back from what nobody proves, across an ICE
// restart, and never to another session's pair.
#include <gmock/gmock.h>

#include "rtp/rtcp/ntp.hpp"
#include "wire_port_media_fixture.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::Written;

TEST_F(WirePortMediaTest, FollowsThePeerToTheAddressThatItNominates) {
  const auto moved = make_client();
  bind(*moved, session_, false);
  send_voice(*session_.peer, 1);
  EXPECT_TRUE(client_->receive()) << "a check alone changes nothing";
  receive(*moved, voice(session_, 1));
  EXPECT_EQ(accepted(), 1u) << "but media is taken from there";
  clock_.pass_ms(1000);
  bind(*moved, session_, true);
  send_voice(*session_.peer, 2);
  EXPECT_FALSE(client_->receive());
  const auto sent = moved->receive();
  ASSERT_TRUE(sent);
  EXPECT_FALSE(session_.open_rtp(*sent).empty());
}

TEST_F(WirePortMediaTest, FollowsAuthenticMediaOnceTheOldWayIsSilent) {
  const auto moved = make_client();
  bind(*moved, session_, false);
  const auto goes_to = [&](test::UdpClient& client, uint16_t sequence) {
    send_voice(*session_.peer, sequence);
    const bool here = client.receive().has_value();
    return here && !client_->receive() && !moved->receive();
  };
  clock_.pass_ms(400);
  receive(*client_, voice(session_, 1));
  clock_.pass_ms(400);
  const Bytes second = voice(session_, 2);
  receive(*moved, second);
  EXPECT_TRUE(goes_to(*client_, 1)) << "the old way is not silent yet";
  clock_.pass_ms(200);
  receive(*moved, second);
  Bytes changed = voice(session_, 3);
  changed.back() ^= 1;
  receive(*moved, changed);
  EXPECT_TRUE(goes_to(*client_, 2)) << "neither was authentic";
  receive(*moved, voice(session_, 4));
  EXPECT_TRUE(goes_to(*moved, 3));
}

TEST_F(WirePortMediaTest, ThatWasFollowedReturnsWhenTheClientNominatesItsOldPairAgain) {
  const auto moved = make_client();
  bind(*moved, session_, false);
  clock_.pass_ms(600);
  receive(*moved, voice(session_, 1));
  send_voice(*session_.peer, 1);
  EXPECT_TRUE(moved->receive());
  clock_.pass_ms(600);
  bind(*client_, session_, true);
  send_voice(*session_.peer, 2);
  EXPECT_TRUE(client_->receive());
  EXPECT_FALSE(moved->receive());
}

/// A copy of an authentic request with a false source address, or a hostile participant's own.
TEST_F(WirePortMediaTest, IsTakenBackFromAnAddressThatNobodyReportsFrom) {
  const auto victim = make_client();
  clock_.pass_ms(1000);
  nominate(*victim, session_);
  size_t to_victim = 0, to_client = 0;
  for (uint16_t sequence = 1; sequence <= 1200; ++sequence) {
    clock_.pass_ms(20);
    send_voice(*session_.peer, sequence);
    port_->tick(clock_.now_ns());
    while (victim->receive()) ++to_victim;
    while (client_->receive()) ++to_client;
  }
  EXPECT_GE(to_victim, 1000u) << "20 s, and reports";
  EXPECT_LT(to_victim, 1060u);
  EXPECT_GE(to_client, 180u);
  EXPECT_EQ(port_->counters().unproven_routes.value(), 1u);
  nominate(*victim, session_);
  send_voice(*session_.peer, 2000);
  EXPECT_FALSE(victim->receive()) << "not again at once";
  EXPECT_TRUE(client_->receive());
}

TEST_F(WirePortMediaTest, StaysWhereReportsEchoWhatWasSentThere) {
  const auto moved = make_client();
  clock_.pass_ms(1000);
  nominate(*moved, session_);
  uint32_t echoed = 0;
  for (uint16_t sequence = 1; sequence <= 1500; ++sequence) {
    clock_.pass_ms(20);
    send_voice(*session_.peer, sequence);
    port_->tick(clock_.now_ns());
    while (auto datagram = moved->receive()) {
      const Written written(session_.open_rtcp(std::move(*datagram)));
      if (written.reports.empty() || !written.reports[0].info) continue;
      echoed = rtp::compact_ntp(written.reports[0].info->ntp);
    }
    if (sequence != 600) continue;
    const rtp::ReportBlock block{
        .ssrc = kSlot, .highest_sequence = sequence, .last_sender_report = echoed};
    receive(*moved, session_.seal_rtcp(compound([&](rtp::RtcpWriter& out) {
      out.add_receiver_report(kTrack, {&block, 1});
    })));
  }
  EXPECT_NE(echoed, 0u);
  EXPECT_EQ(port_->counters().unproven_routes.value(), 0u);
  send_voice(*session_.peer, 2000);
  EXPECT_TRUE(moved->receive());
  EXPECT_FALSE(client_->receive());
}

TEST_F(WirePortMediaTest, ThatWasFollowedIsNotSentToAPairThatAnotherSessionHasTakenOver) {
  const auto moved = make_client();
  bind(*moved, session_, false);
  clock_.pass_ms(600);
  receive(*moved, voice(session_, 1));
  Session next = add_session("NEXT");
  clock_.pass_ms(11'000);
  nominate(*moved, next);
  port_->tick(clock_.now_ns());
  while (moved->receive()) {
  }
  send_voice(*session_.peer, 1);
  EXPECT_FALSE(moved->receive());
  EXPECT_TRUE(client_->receive()) << "it goes where it was nominated to";
}

TEST_F(WirePortMediaTest, GoesOnAcrossAnIceRestart) {
  const std::string password = "newpasswordoftheserver0123";
  receive(*client_, voice(session_, 1));
  ASSERT_TRUE(port_->restart_ice(session_.id, {"NEWS", password, "NEWC"}));
  receive(*client_, voice(session_, 2));
  send_voice(*session_.peer, 1);
  EXPECT_TRUE(client_->receive());
  const auto moved = make_client();
  test::StunClient stun;
  clock_.pass_ms(1000);
  receive(*moved, stun.request({.username = "NEWS:NEWC", .password = password, .nominates = true}));
  EXPECT_TRUE(moved->receive());
  receive(*moved, voice(session_, 3));
  EXPECT_EQ(accepted(), 3u) << "with the same keys";
  send_voice(*session_.peer, 2);
  const auto sent = moved->receive();
  ASSERT_TRUE(sent);
  EXPECT_FALSE(session_.open_rtp(*sent).empty());
  EXPECT_FALSE(client_->receive());
}

TEST_F(WirePortMediaTest, DoesNotFollowARequestThatIsNotAuthentic) {
  const auto mallory = make_client();
  test::StunClient stun;
  clock_.pass_ms(10'000);
  receive(*mallory, stun.request({.password = "wrong password, wrong!", .nominates = true}));
  send_voice(*session_.peer, 1);
  EXPECT_TRUE(client_->receive());
  EXPECT_FALSE(mallory->receive());
}

TEST_F(WirePortMediaTest, IsNotSentToAPairThatAnotherSessionHasTakenOver) {
  Session next = add_session("NEXT");
  clock_.pass_ms(11'000);
  nominate(*client_, next);
  port_->tick(clock_.now_ns());
  while (client_->receive()) {
  }
  send_voice(*session_.peer, 1);
  port_->send(session_.id, Bytes(50, 22));
  EXPECT_FALSE(client_->receive());
  EXPECT_EQ(session_.peer->failures.value(), 1u);
  send_voice(*next.peer, 1);
  EXPECT_TRUE(client_->receive());
  receive(*client_, voice(next, 1));
  EXPECT_EQ(next.ingress->packets.value(), 1u);
  EXPECT_EQ(accepted(), 0u);
}

}  // namespace
}  // namespace veche::media
