// SPDX-License-Identifier: Apache-2.0
// Media over a lane's port: from the client to the lane, and from the path to the client.
#include <gmock/gmock.h>

#include "media/feed/tap_inbox.hpp"
#include "wire_port_media_fixture.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::Written;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(WirePortMediaTest, OfAnAuthenticatedPeerReachesTheLane) {
  receive(*client_, voice(session_, 10));
  receive(*client_, voice(session_, 11));
  round_trip();
  ASSERT_THAT(listener_.path.sent, SizeIs(2));
  EXPECT_EQ(listener_.path.sent[1].back(), 11);
  EXPECT_EQ(accepted(), 2u);
  EXPECT_EQ(session_.ingress->last_heard_ns(), clock_.now_ns());
  EXPECT_EQ(session_.peer->last_heard_ns(), clock_.now_ns());
}

TEST_F(WirePortMediaTest, WithRedundancyIsOpusForListenersWithoutAndForTaps) {
  constexpr uint8_t kOpus = 111, kRed = 63;
  feed().payload_type = kOpus;
  feed().red_payload_type = kRed;
  const auto inbox = std::make_unique<TapInbox>();
  feed().tap = inbox.get();
  const auto red = [&](uint16_t sequence, const Bytes& payload) {
    return session_.seal_rtp(rtp::test::build({.sequence = sequence,
                                               .ssrc = kTrack,
                                               .payload_type = kRed,
                                               .extension_profile = 0xbede,
                                               .extensions = {0x10, kLevel},
                                               .payload = payload}));
  };
  receive(*client_, red(1, {0x80 | kOpus, 0x0f, 0x00, 0x01, kOpus, 'a', 'b'}));
  receive(*client_, red(2, {0x80 | kOpus, 0x0f, 0x00, 0x09, kOpus, 'a'}));
  round_trip();
  EXPECT_EQ(accepted(), 1u);
  EXPECT_EQ(session_.ingress->wrong_payload.value(), 1u) << "the second is not whole";
  ASSERT_THAT(listener_.path.sent, SizeIs(1));
  const auto heard = rtp::PacketView::parse(listener_.path.sent[0]);
  EXPECT_EQ(heard->payload_type(), 96);
  EXPECT_THAT(heard->payload(), testing::ElementsAre('b'));
  feed().tap = nullptr;
  std::vector<Bytes> copies;
  inbox->drain([&](const TapPacket& each) {
    copies.emplace_back(each.bytes().begin(), each.bytes().end());
  });
  ASSERT_THAT(copies, SizeIs(1));
  const auto copy = rtp::PacketView::parse(copies[0]);
  EXPECT_EQ(copy->payload_type(), kOpus);
  EXPECT_THAT(copy->payload(), testing::ElementsAre('b'));
}

TEST_F(WirePortMediaTest, IsDroppedAsLongAsThereAreNoKeys) {
  Session other = add_session("NEXT", false);
  const auto client = make_client();
  nominate(*client, other);
  clock_.pass_ms(10);
  receive(*client, voice(session_, 1));
  receive(*client, session_.seal_rtcp(rtp::test::build_rtcp(kTrack)));
  EXPECT_EQ(other.ingress->packets.value(), 0u);
  EXPECT_EQ(other.ingress->unverified.value(), 2u);
  EXPECT_EQ(other.ingress->dropped(), 2u);
  EXPECT_LT(other.peer->last_heard_ns(), clock_.now_ns());
  send_voice(*other.peer, 1);
  port_->tick(clock_.now_ns() + kNsPerS);
  EXPECT_FALSE(client->receive());
  EXPECT_EQ(other.peer->failures.value(), 1u);
}

TEST_F(WirePortMediaTest, OfTheKeysOfAnotherSessionIsDropped) {
  Session other = add_session("NEXT");
  other.sender = std::move(
      *rtp::SrtpSender::create(rtp::SrtpProfile::Aes128CmHmacSha1,
                               rtp::test::master_of(rtp::SrtpProfile::Aes128CmHmacSha1, 99), 4));
  receive(*client_, voice(other, 1));
  EXPECT_EQ(accepted(), 0u);
  EXPECT_EQ(dropped(), 1u);
}

TEST_F(WirePortMediaTest, IsTakenOnce) {
  const Bytes datagram = voice(session_, 1);
  receive(*client_, datagram);
  clock_.pass_ms(10);
  receive(*client_, datagram);
  round_trip();
  EXPECT_THAT(listener_.path.sent, SizeIs(1));
  EXPECT_EQ(accepted(), 1u);
  EXPECT_EQ(dropped(), 1u);
  EXPECT_LT(session_.peer->last_heard_ns(), clock_.now_ns()) << "no sign of life";
}

TEST_F(WirePortMediaTest, KeepsItsPairAliveWithoutAnotherRequest) {
  for (uint16_t second = 1; second <= 90; ++second) {
    clock_.pass_ms(1000);
    receive(*client_, voice(session_, second));
    ASSERT_EQ(accepted(), second);
  }
  clock_.pass_ms(29'000);
  receive(*client_, session_.seal_rtcp(rtp::test::build_rtcp(kTrack)));
  clock_.pass_ms(29'000);
  receive(*client_, voice(session_, 91));
  EXPECT_EQ(accepted(), 91u) << "reports count too: a listener sends nothing else";
}

TEST_F(WirePortMediaTest, ThatIsNotAuthenticKeepsNoPairAlive) {
  Bytes forged = voice(session_, 1);
  forged.back() ^= 1;
  for (int second = 1; second <= 31; ++second) {
    clock_.pass_ms(1000);
    receive(*client_, forged);
  }
  const uint64_t before = port_->counters().unknown_source.value();
  receive(*client_, voice(session_, 2));
  EXPECT_EQ(accepted(), 0u);
  EXPECT_EQ(port_->counters().unknown_source.value(), before + 1);
}

TEST_F(WirePortMediaTest, WithAChangedBitIsDroppedWhereverItIs) {
  const Bytes datagram = voice(session_, 1);
  for (size_t bit = 8; bit < datagram.size() * 8; ++bit) {
    Bytes changed = datagram;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    receive(*client_, changed);
  }
  receive(*client_, {datagram.begin(), datagram.end() - 1});
  EXPECT_EQ(accepted(), 0u);
  receive(*client_, datagram);
  EXPECT_EQ(accepted(), 1u);
}

TEST_F(WirePortMediaTest, OfARemovedSessionIsDropped) {
  receive(*client_, voice(session_, 1));
  EXPECT_EQ(port_->find(session_.id), session_.peer);
  const std::unique_ptr<WirePeer> removed = port_->remove(session_.id);
  ASSERT_EQ(removed.get(), session_.peer);
  receive(*client_, voice(session_, 2));
  EXPECT_EQ(accepted(), 1u);
  EXPECT_EQ(port_->counters().unknown_source.value(), 1u);
  EXPECT_EQ(port_->remove(session_.id), nullptr);
  port_->tick(7);
  EXPECT_EQ(port_->tick_due_ns(), 7 + kNsPerS) << "nobody is left to report to";
}

TEST_F(WirePortMediaTest, FromThePathArrivesSealed) {
  send_voice(*session_.peer, 5);
  const auto sent = client_->receive();
  ASSERT_TRUE(sent);
  EXPECT_EQ(client_->sender_port(), port_->port());
  const Bytes plain = rtp::test::build({.sequence = 5, .ssrc = kSlot, .payload_type = 96});
  EXPECT_NE(*sent, plain);
  EXPECT_EQ(session_.open_rtp(*sent), plain);
  EXPECT_EQ(session_.peer->packets.value(), 1u);
  EXPECT_EQ(session_.peer->bytes.value(), plain.size());
  EXPECT_EQ(session_.peer->failures.value(), 0u);
}

TEST_F(WirePortMediaTest, ThatCannotBeSentIsCounted) {
  WirePeer& peer = *session_.peer;
  EXPECT_THAT(peer.begin(UdpSocket::kMaxDatagram), IsEmpty()) << "no room for the trailer";
  EXPECT_EQ(peer.failures.value(), 1u);
  EXPECT_THAT(peer.begin(100), SizeIs(100));
  EXPECT_THAT(peer.begin(100), SizeIs(100));
  EXPECT_EQ(peer.failures.value(), 1u) << "memory may be left unsent";
  send_voice(peer, 1);
  send_voice(peer, 1);
  EXPECT_EQ(peer.failures.value(), 2u) << "a number twice";
  Session unconnected = add_session("NEXT");
  send_voice(*unconnected.peer, 1);
  EXPECT_EQ(unconnected.peer->failures.value(), 1u) << "nowhere to";
  EXPECT_TRUE(client_->receive());
  EXPECT_FALSE(client_->receive());
}

TEST_F(WirePortMediaTest, IsReportedToTheClient) {
  for (uint16_t i = 1; i <= 10; ++i) send_voice(*session_.peer, i);
  for (const uint16_t i : {1, 2, 4}) receive(*client_, voice(session_, i));
  while (client_->receive()) {
  }
  Bytes rtcp = next_rtcp();
  while (!rtcp.empty() && !Written(rtcp).is_regular()) rtcp = next_rtcp();
  const Written written(rtcp);
  ASSERT_THAT(written.reports, SizeIs(1));
  EXPECT_EQ(written.reports[0].ssrc, kSlot);
  EXPECT_EQ(written.reports[0].info.value().packets, 10u);
  ASSERT_THAT(written.reports[0].blocks, SizeIs(1));
  EXPECT_EQ(written.reports[0].blocks[0].ssrc, kTrack);
  EXPECT_EQ(written.reports[0].blocks[0].cumulative_lost, 1);
  EXPECT_EQ(session_.peer->quality().lost_in.load(), 1);
}

TEST_F(WirePortMediaTest, IsJudgedByTheClientsReports) {
  send_voice(*session_.peer, 1);
  const rtp::ReportBlock block{.ssrc = kSlot, .cumulative_lost = 4, .highest_sequence = 1};
  const Bytes sealed = session_.seal_rtcp(compound([&](rtp::RtcpWriter& out) {
    out.add_receiver_report(kTrack, {&block, 1});
  }));
  Bytes changed = sealed;
  changed[10] ^= 1;
  receive(*client_, changed);
  EXPECT_EQ(session_.peer->quality().lost_out.load(), 0);
  clock_.pass_ms(10);
  receive(*client_, sealed);
  EXPECT_EQ(session_.peer->quality().lost_out.load(), 4);
  EXPECT_EQ(session_.ingress->last_heard_ns(), clock_.now_ns()) << "a sign of life";
}

TEST_F(WirePortMediaTest, IsSentAgainAsItWas) {
  send_voice(*session_.peer, 1);
  const auto first = client_->receive();
  clock_.pass_ms(40);
  const std::array<uint16_t, 1> lost{1};
  receive(*client_, session_.seal_rtcp(compound([&](rtp::RtcpWriter& out) {
    out.add_receiver_report(kTrack, {});
    out.add_nack(kTrack, kSlot, lost);
  })));
  ASSERT_TRUE(first);
  EXPECT_EQ(client_->receive(), first);
  EXPECT_FALSE(client_->receive());
}

TEST_F(WirePortMediaTest, DatagramsOfOthersAreSentAsTheyAre) {
  const Bytes dtls(80, 22);
  port_->send(session_.id, dtls);
  port_->send(SessionId::next(), dtls);
  EXPECT_EQ(client_->receive(), dtls);
  EXPECT_FALSE(client_->receive());
}

}  // namespace
}  // namespace veche::media
