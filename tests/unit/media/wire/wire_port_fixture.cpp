// SPDX-License-Identifier: Apache-2.0
// Sessions with keys of both directions, and their clients' actions.
#include "wire_port_fixture.hpp"

namespace veche::media {
namespace {

constexpr auto kProfile = rtp::SrtpProfile::Aes128CmHmacSha1;
constexpr uint8_t kLevelExtension = 1;
constexpr uint8_t kPayloadType = 111;

template <class Convert>
test::Bytes converted(test::Bytes bytes, Convert convert) {
  bytes.resize(convert(bytes));
  return bytes;
}

}  // namespace

Settings test::settings_of(std::vector<std::string> addresses, uint16_t first_port,
                           uint16_t last_port) {
  Settings settings;
  settings.addresses = std::move(addresses);
  settings.first_port = first_port;
  settings.last_port = last_port;
  return settings;
}

test::Bytes WirePortTest::Session::seal_rtp(Bytes packet) {
  const size_t size = packet.size();
  packet.resize(size + rtp::SrtpSender::kMaxTrailer);
  return converted(std::move(packet), [&](Bytes& b) { return sender->protect_rtp(b, size); });
}
test::Bytes WirePortTest::Session::seal_rtcp(Bytes packet) {
  const size_t size = packet.size();
  packet.resize(size + rtp::SrtpSender::kMaxTrailer);
  return converted(std::move(packet), [&](Bytes& b) { return sender->protect_rtcp(b, size); });
}
test::Bytes WirePortTest::Session::open_rtp(Bytes datagram) {
  return converted(std::move(datagram), [&](Bytes& b) { return receiver->unprotect_rtp(b); });
}
test::Bytes WirePortTest::Session::open_rtcp(Bytes datagram) {
  return converted(std::move(datagram), [&](Bytes& b) { return receiver->unprotect_rtcp(b); });
}

void WirePortTest::open_port(std::vector<std::string> addresses) {
  const uint16_t first = test::free_port("127.0.0.1");
  const auto last = static_cast<uint16_t>(first + 50);
  auto opened = WirePort::open(test::settings_of(std::move(addresses), first, last), first, relay_,
                               test::VirtualClock::read);
  ASSERT_TRUE(opened) << opened.error().message;
  port_ = std::move(*opened);
}

WirePortTest::Session WirePortTest::add_session(const std::string& ufrag, bool with_keys) {
  Session session;
  session.ufrag = ufrag;
  if (!room_) open_room_for_track();
  std::vector<IngressTrack> tracks{
      {talker_.tracks[0].feed, "0", {kTrack}, kPayloadType, kLevelExtension, 0}};
  session.ingress =
      std::make_shared<Ingress>(std::move(tracks), room_->feed, lane(), lanes_, [] {});
  std::vector<rtp::SlotFormat> slots(slot_count_);
  for (uint32_t i = 0; i < slot_count_; ++i) {
    slots[i].ssrc = kSlot + i;
    slots[i].transport_cc_extension = kTransportCc;
  }
  auto peer = std::make_unique<WirePeer>(session.id, session.ingress,
                                         ReportSettings{.ssrc = kSlot, .nack = true}, slots,
                                         clock_.now_ns());
  session.peer = peer.get();
  const Status added = port_->add(
      peer, {.local_ufrag = "SRVR", .local_password = test::kPassword, .remote_ufrag = ufrag});
  EXPECT_TRUE(added) << added.error().message;
  if (with_keys) use_keys(session);
  return session;
}

void WirePortTest::use_keys(Session& session) {
  rtp::test::SrtpPair to_server(kProfile, rtp::test::master_of(kProfile, 1), 8);
  rtp::test::SrtpPair to_client(kProfile, rtp::test::master_of(kProfile, 2), 8);
  session.sender = std::move(to_server.sender);
  session.receiver = std::move(to_client.receiver);
  session.peer->use_keys({std::move(to_client.sender), std::move(to_server.receiver)});
  session.ingress->accept();
}

void WirePortTest::bind(test::UdpClient& client, const Session& session, bool nominates) {
  test::StunClient stun;
  receive(client, stun.request({.username = "SRVR:" + session.ufrag, .nominates = nominates}));
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(stun.read(*answer).mapped, client.address());
  EXPECT_EQ(client.sender_port(), port_->port());
}

test::Bytes WirePortTest::voice(Session& session, uint16_t sequence) {
  return session.seal_rtp(opus_packet(kTrack, sequence, kLevel));
}

void WirePortTest::send_voice(WirePeer& peer, uint16_t sequence) {
  const Bytes packet = rtp::test::build({.sequence = sequence, .ssrc = kSlot, .payload_type = 96});
  const std::span<uint8_t> memory = peer.begin(packet.size());
  if (memory.empty()) return;  // Counted as a failure.
  ASSERT_EQ(memory.size(), packet.size());
  std::copy(packet.begin(), packet.end(), memory.begin());
  peer.send(*rtp::PacketView::parse(memory), 0, clock_.now_ns(), clock_.now_ns());
  port_->flush();
}

}  // namespace veche::media
