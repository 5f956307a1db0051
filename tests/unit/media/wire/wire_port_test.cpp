// SPDX-License-Identifier: Apache-2.0
// Opening a lane's port, and its treatment of strangers: what it answers, drops and counts.
#include "media/wire/wire_port.hpp"

#include <gmock/gmock.h>

#include <random>

#include "wire_port_fixture.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::settings_of;
using test::StunClient;
using test::UdpClient;
using testing::HasSubstr;
using testing::SizeIs;

class OpenWirePort : public testing::Test {
 protected:
  Result<std::unique_ptr<WirePort>> open(std::vector<std::string> addresses, uint16_t first,
                                         uint16_t last) {
    return WirePort::open(settings_of(std::move(addresses), first, last), first, relay_);
  }
  DtlsRelay relay_;
};

TEST_F(OpenWirePort, TakesTheFirstFreePortOfTheRange) {
  const UdpClient taken("127.0.0.1", 9);
  const uint16_t first = taken.address().port();
  const auto opened = open({"127.0.0.1"}, first, static_cast<uint16_t>(first + 50));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_GT((*opened)->port(), first);
  for (uint16_t port = first; port <= (*opened)->port(); ++port) {
    EXPECT_FALSE(UdpSocket::bind("127.0.0.1", port)) << port;
  }
  ASSERT_THAT((*opened)->candidates(), SizeIs(1));
  EXPECT_THAT((*opened)->candidates()[0],
              HasSubstr("127.0.0.1 " + std::to_string((*opened)->port()) + " typ host"));
}

TEST_F(OpenWirePort, TakesOnePortOnAllAddresses) {
  if (!test::has_address("::1")) GTEST_SKIP() << "this machine has no IPv6";
  const UdpClient taken("::1", 9);
  const uint16_t first = taken.address().port();
  const auto opened = open({"127.0.0.1", "::1"}, first, static_cast<uint16_t>(first + 50));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_GT((*opened)->port(), first) << "it is free on one of them only";
  EXPECT_THAT((*opened)->candidates(), SizeIs(2));
  EXPECT_TRUE(UdpSocket::bind("127.0.0.1", first)) << "it is given back";
}

TEST_F(OpenWirePort, BeginsWhereItIsTold) {
  const uint16_t begin = test::free_port("127.0.0.1");
  const Settings settings = settings_of({"127.0.0.1"}, 1024, 65'535);
  const auto opened = WirePort::open(settings, begin, relay_);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_GE((*opened)->port(), begin);
}

TEST_F(OpenWirePort, SaysThatNoPortIsFree) {
  const UdpClient taken("127.0.0.1", 9);
  const uint16_t port = taken.address().port();
  const auto refused = open({"127.0.0.1"}, port, port);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(port)));
  EXPECT_THAT(refused.error().message, HasSubstr("media.ports"));
  EXPECT_FALSE(open({"127.0.0.1"}, 65'535, 65'534)) << "the lane before took the last one";
}

TEST_F(OpenWirePort, SaysThatAnAddressIsNotThisMachines) {
  for (const char* address : {"192.0.2.1", "example.org"}) {
    const auto refused = open({"127.0.0.1", address}, 40'000, 60'000);
    ASSERT_FALSE(refused) << address;
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr(address));
    EXPECT_THAT(refused.error().message, HasSubstr("media.addresses"));
  }
}

TEST_F(OpenWirePort, ListsTheExternalAddress) {
  const uint16_t first = test::free_port("127.0.0.1");
  Settings settings = settings_of({"127.0.0.1"}, first, static_cast<uint16_t>(first + 50));
  settings.external_addresses = {{"127.0.0.1", "203.0.113.7"}};
  const auto opened = WirePort::open(settings, first, relay_);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_THAT((*opened)->candidates()[0], HasSubstr(" 203.0.113.7 "));
}

TEST_F(WirePortTest, AnswersABindingRequestFromThePortToWhichItCame) {
  const Session session = add_session();
  const auto client = make_client();
  bind(*client, session, false);
  EXPECT_EQ(session.peer->last_heard_ns(), clock_.now_ns());
  EXPECT_EQ(port_->counters().datagrams.value(), 1u);
}

TEST_F(WirePortTest, AnswersFromTheAddressToWhichTheRequestCame) {
  if (!test::has_address("::1")) GTEST_SKIP() << "this machine has no IPv6";
  open_port({"127.0.0.1", "::1"});
  Session session = add_session();
  UdpClient client("::1", port_->port());
  nominate(client, session);
  send_voice(*session.peer, 1);
  const auto sent = client.receive();
  ASSERT_TRUE(sent);
  EXPECT_FALSE(session.open_rtp(*sent).empty());
}

TEST_F(WirePortTest, DropsAndCountsMediaFromAnAddressThatHasNotProvedItself) {
  Session session = add_session();
  const auto client = make_client(), stranger = make_client();
  nominate(*client, session);
  receive(*stranger, voice(session, 1));
  receive(*stranger, session.seal_rtcp(rtp::test::build_rtcp(kTrack)));
  receive(*stranger, Bytes(100, 22));
  EXPECT_EQ(port_->counters().unknown_source.value(), 3u);
  EXPECT_EQ(session.ingress->packets.value() + session.ingress->dropped(), 0u);
}

TEST_F(WirePortTest, AnAddressIsTheSessionsFor30SecondsOfSilence) {
  Session session = add_session();
  const auto client = make_client();
  nominate(*client, session);
  clock_.pass_ms(30'000);
  receive(*client, voice(session, 1));
  EXPECT_EQ(session.ingress->packets.value(), 1u);
  clock_.pass_ms(30'001);
  receive(*client, voice(session, 2));
  EXPECT_EQ(session.ingress->packets.value(), 1u);
  EXPECT_EQ(port_->counters().unknown_source.value(), 1u);
}

TEST_F(WirePortTest, DropsAndCountsMoreDtlsThanAHandshakeNeeds) {
  const Session session = add_session();
  const auto client = make_client();
  bind(*client, session, false);
  for (int i = 0; i < 150; ++i) client->send(Bytes(50, 22));
  receive();
  EXPECT_EQ(port_->counters().handshake_limited.value(), 50u);
  clock_.pass_ms(20);
  receive(*client, Bytes(50, 22));
  EXPECT_EQ(port_->counters().handshake_limited.value(), 50u);
  receive(*client, Bytes(50, 22));
  EXPECT_EQ(port_->counters().handshake_limited.value(), 51u);
}

TEST_F(WirePortTest, NeverAnswersGarbage) {
  const Session session = add_session();
  const auto client = make_client(), stranger = make_client();
  nominate(*client, session);
  std::minstd_rand random(7);
  uint64_t sent = port_->counters().datagrams.value();
  const auto send = [&](const Bytes& garbage) {
    for (const auto* from : {client.get(), stranger.get()}) receive(*from, garbage);
    sent += 2;
  };
  for (unsigned first = 0; first < 256; ++first) {
    for (const size_t size : {1u, 8u, 12u, 20u, 60u, 300u, 2048u, 3000u}) {
      Bytes garbage(size);
      for (uint8_t& byte : garbage) byte = static_cast<uint8_t>(random());
      garbage[0] = static_cast<uint8_t>(first);
      send(garbage);
    }
  }
  send({});
  EXPECT_FALSE(client->receive());
  EXPECT_FALSE(stranger->receive());
  EXPECT_EQ(port_->counters().datagrams.value(), sent);
  EXPECT_GT(port_->counters().no_protocol.value(), 1000u);
  EXPECT_EQ(session.ingress->packets.value(), 0u);
}

TEST_F(WirePortTest, NeverAnswersStunThatIsNotAuthentic) {
  add_session();
  const auto client = make_client();
  StunClient stun;
  receive(*client, stun.request({.password = "wrong password, wrong!"}));
  receive(*client, stun.request({.username = "SRVR:ELSE"}));
  receive(*client, stun.request({.username = "ELSE:CLNT"}));
  Bytes damaged = stun.request();
  damaged[30] ^= 1;
  receive(*client, damaged);
  test::refresh_fingerprint(damaged);
  receive(*client, damaged);
  Bytes response = stun.request();
  response[0] = 1;
  receive(*client, response);
  EXPECT_FALSE(client->receive());
  receive(*client, voice(*std::make_unique<Session>(add_session("MORE")), 1));
  EXPECT_EQ(port_->counters().unknown_source.value(), 1u);
}

TEST_F(WirePortTest, TakesNoPeerWhoseUserNameIsAnothers) {
  add_session("CLNT");
  auto peer = std::make_unique<WirePeer>(SessionId::next(), nullptr, ReportSettings{},
                                         std::vector<rtp::SlotFormat>{});
  const SessionId id = peer->id();
  const Status refused = port_->add(
      peer, {.local_ufrag = "SRVR", .local_password = test::kPassword, .remote_ufrag = "CLNT"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
  EXPECT_NE(peer, nullptr) << "it stays the caller's";
  EXPECT_EQ(port_->find(id), nullptr);
  EXPECT_EQ(port_->remove(id), nullptr);
}

}  // namespace
}  // namespace veche::media
