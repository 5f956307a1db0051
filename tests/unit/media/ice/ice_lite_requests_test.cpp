// SPDX-License-Identifier: Apache-2.0
// IceLite with authentic requests: answers, nomination, moves, consent; and RFC 5769's vectors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rfc5769.hpp"
#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::address;
using test::Bytes;
using test::pair;
using test::Reply;
using test::Server;
using test::StunClient;
using testing::ElementsAre;

const CandidatePair kWifi = pair("192.0.2.1", 32853);
const CandidatePair kMobile = pair("198.51.100.7", 40000);

bool contains(const Bytes& bytes, const Bytes& part) {
  return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
}

TEST(IceLite, AnswersWithTheMappedAddress) {
  Server server;
  StunClient client;
  const IceOutcome outcome = server.handle(client.request(), kWifi);
  EXPECT_EQ(outcome.verdict, IceVerdict::Accepted);
  EXPECT_EQ(outcome.session, Server::kSession);
  const Reply reply = client.read(server.reply);
  EXPECT_EQ(reply.kind, STUN_RESPONSE);
  EXPECT_EQ(reply.mapped, kWifi.peer);
  EXPECT_FALSE(reply.has_username);
}

TEST(IceLite, WritesTheMappedAddressesOfRfc5769) {
  for (const auto& vector : test::kRfc5769Responses) {
    Server server;
    StunClient client;
    server.handle(client.request({.transaction = test::kRfc5769Transaction}),
                  pair(vector.ip, vector.port));
    EXPECT_EQ(client.read(server.reply).mapped, address(vector.ip, vector.port));
    EXPECT_TRUE(contains(server.reply, vector.xor_mapped_address)) << vector.ip;
  }
}

TEST(IceLite, WritesAMappedIpv6AddressAsIpv4) {
  Server server;
  StunClient client;
  server.handle(client.request({.transaction = test::kRfc5769Transaction}),
                pair("::ffff:192.0.2.1", 32853));
  client.read(server.reply);
  EXPECT_TRUE(contains(server.reply, test::kRfc5769Responses[0].xor_mapped_address));
}

TEST(IceLite, RefusesTheControlledRoleOfRfc5769sRequest) {
  Server server(false);
  ASSERT_TRUE(server.add(Server::kSession, "evtj", "h6vY").ok());
  const IceOutcome outcome = server.handle(test::kRfc5769Request, kWifi);
  EXPECT_EQ(outcome.verdict, IceVerdict::RoleConflict);
  EXPECT_EQ(outcome.session, Server::kSession);
  EXPECT_NE(outcome.reply_size, 0u);
  EXPECT_FALSE(server.ice.find(kWifi, server.now_ns));
  EXPECT_FALSE(server.ice.last_request_ns(Server::kSession));
}

TEST(IceLite, TellsAControlledPeerToSwitchItsRole) {
  Server server;
  StunClient client;
  EXPECT_EQ(server.handle(client.request({.nominates = true, .controlling = false}), kWifi).verdict,
            IceVerdict::RoleConflict);
  EXPECT_EQ(client.read(server.reply).error, 487);
  EXPECT_EQ(server.ice.selected(Server::kSession), nullptr);
  EXPECT_EQ(server.handle(client.request({.nominates = true}), kWifi).verdict,
            IceVerdict::Accepted);
  EXPECT_NE(server.ice.selected(Server::kSession), nullptr);
}

TEST(IceLite, NamesTheAttributesThatItDoesNotUnderstand) {
  Server server;
  StunClient client;
  const IceOutcome outcome = server.handle(
      client.request({.attributes = {{0x7abc, {1}}, {0x8abc, {2}}, {0x002a, {}}}}), kWifi);
  EXPECT_EQ(outcome.verdict, IceVerdict::UnknownAttribute);
  const Reply reply = client.read(server.reply);
  EXPECT_EQ(reply.error, 420);
  EXPECT_THAT(reply.unknown_attributes, ElementsAre(0x7a, 0xbc, 0x00, 0x2a));
  EXPECT_FALSE(server.ice.find(kWifi, server.now_ns));
}

TEST(IceLite, FindsRoomForAllUnknownAttributesOfTheLongestRequest) {
  Server server;
  StunClient client;
  const std::vector<std::pair<uint16_t, Bytes>> attributes(295, {0x7abc, {}});
  const Bytes request = client.request({.attributes = attributes});
  ASSERT_GT(request.size(), StunServer::kMaxRequestSize - 60);
  EXPECT_EQ(server.handle(request, kWifi).verdict, IceVerdict::UnknownAttribute);
  EXPECT_EQ(client.read(server.reply).error, 420);
}

TEST(IceLite, IgnoresOptionalAttributesAsChromiumSendsThem) {
  Server server;
  StunClient client;
  EXPECT_EQ(
      server
          .handle(client.request({.attributes = {{0xc057, {0, 1, 0, 10}}, {0xc05b, {0, 0, 0, 1}}}}),
                  kWifi)
          .verdict,
      IceVerdict::Accepted);
}

TEST(IceLite, FollowsChromiumThroughACall) {
  Server server;
  StunClient client;
  const auto ping = [&](const CandidatePair& from, uint32_t priority, bool nominates) {
    const IceOutcome outcome =
        server.handle(client.request({.priority = priority, .nominates = nominates}), from);
    EXPECT_EQ(outcome.verdict, IceVerdict::Accepted);
    EXPECT_EQ(client.read(server.reply).mapped, from.peer);
    return outcome.change;
  };
  IceChange change = ping(kWifi, 2000, false);
  EXPECT_TRUE(change.first && !change.nominated && !change.moved);
  EXPECT_EQ(server.ice.find(kWifi, server.now_ns), Server::kSession);
  EXPECT_EQ(server.ice.selected(Server::kSession), nullptr);
  server.pass_ms(48);
  change = ping(kWifi, 2000, true);
  EXPECT_TRUE(!change.first && change.nominated && !change.moved);
  for (int i = 0; i < 100; ++i) {
    server.pass_ms(2500);
    change = ping(kWifi, 2000, true);
    EXPECT_FALSE(change.first || change.nominated || change.moved);
    EXPECT_EQ(server.ice.last_request_ns(Server::kSession), server.now_ns);
    EXPECT_EQ(*server.ice.selected(Server::kSession), kWifi);
  }
  server.pass_ms(1000);
  ping(kMobile, 1000, false);
  EXPECT_EQ(*server.ice.selected(Server::kSession), kWifi);
  server.pass_ms(100);
  change = ping(kMobile, 1000, true);
  EXPECT_TRUE(!change.nominated && change.moved);
  EXPECT_EQ(*server.ice.selected(Server::kSession), kMobile);
  EXPECT_EQ(server.ice.find(kWifi, server.now_ns), Server::kSession) << "still its address";
  EXPECT_EQ(server.ice.count(IceVerdict::Accepted), 104u);
  EXPECT_EQ(server.ice.refused(), 0u) << "what is answered is not refused";
}

TEST(IceLite, AnswersARetransmissionAgainButTakesItAsNothingNew) {
  Server server;
  StunClient client;
  const Bytes nomination = client.request({.nominates = true});
  EXPECT_TRUE(server.handle(nomination, kWifi).change.nominated);
  const int64_t first_ns = server.now_ns;
  server.pass_ms(500);
  const IceOutcome outcome = server.handle(nomination, kWifi);
  EXPECT_EQ(outcome.verdict, IceVerdict::Repeated);
  EXPECT_EQ(client.read(server.reply).mapped, kWifi.peer);
  EXPECT_FALSE(outcome.change.nominated || outcome.change.first);
  EXPECT_EQ(server.ice.last_request_ns(Server::kSession), first_ns) << "a replay is no consent";
}

TEST(IceLite, DoesNotFollowAReplayToAnotherAddress) {
  Server server;
  StunClient client;
  const Bytes nomination = client.request({.nominates = true});
  server.handle(nomination, kWifi);
  server.pass_ms(5000);
  const IceOutcome outcome = server.handle(nomination, kMobile);
  EXPECT_EQ(outcome.verdict, IceVerdict::Replayed);
  EXPECT_FALSE(server.answered);
  EXPECT_EQ(*server.ice.selected(Server::kSession), kWifi);
  EXPECT_FALSE(server.ice.find(kMobile, server.now_ns));
}

TEST(IceLite, AcceptsRequestsWithoutPriority) {
  Server server;
  StunClient client;
  EXPECT_TRUE(server.handle(client.request({.priority = std::nullopt, .nominates = true}), kWifi)
                  .change.nominated);
}

TEST(IceLite, TellsSocketsApart) {
  Server server;
  StunClient client;
  const CandidatePair other{.peer = kWifi.peer, .socket = 1};
  server.handle(client.request(), kWifi);
  EXPECT_FALSE(server.ice.find(other, server.now_ns));
  server.handle(client.request({.nominates = true}), other);
  EXPECT_EQ(*server.ice.selected(Server::kSession), other);
}

}  // namespace
}  // namespace veche::media
