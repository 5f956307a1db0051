// SPDX-License-Identifier: Apache-2.0
// IceLite as a table: sessions are added and removed; user names and addresses belong to one of
// them.
#include <gtest/gtest.h>

#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::kPassword;
using test::pair;
using test::Server;
using test::StunClient;

const CandidatePair kSomePeer = pair("192.0.2.1", 32853);
constexpr SessionId kOther{8};

TEST(IceLiteTable, RefusesUserNamesThatCannotBeToldApart) {
  Server server;
  EXPECT_EQ(server.add(Server::kSession, "SRV2", "CLN2").error().code, ErrorCode::Conflict);
  EXPECT_EQ(server.add(kOther, "SRVR", "CLNT").error().code, ErrorCode::Conflict);
  EXPECT_EQ(server.add(kOther, "SRVR", "").error().code, ErrorCode::Conflict);
  EXPECT_TRUE(server.add(kOther, "SRVR", "CLN2").ok());
  EXPECT_TRUE(server.add(SessionId{9}, "SRV3", "").ok());
  EXPECT_EQ(server.add(SessionId{10}, "SRV3", "CLNT").error().code, ErrorCode::Conflict);
}

TEST(IceLiteTable, TellsEqualLocalFragmentsApartByTheRemoteOne) {
  Server server;
  ASSERT_TRUE(server.add(kOther, "SRVR", "CLN2").ok());
  StunClient client;
  EXPECT_EQ(server.handle(client.request({.username = "SRVR:CLN2"}), kSomePeer).session, kOther);
  EXPECT_EQ(server.handle(client.request(), pair("192.0.2.2", 1)).session, Server::kSession);
  server.ice.remove(Server::kSession);
  EXPECT_EQ(server.handle(client.request(), pair("192.0.2.2", 2)).verdict, IceVerdict::UnknownUser);
  EXPECT_EQ(server.handle(client.request({.username = "SRVR:CLN2"}), kSomePeer).session, kOther);
}

TEST(IceLiteTable, LearnsTheRemoteFragmentLater) {
  Server server(false);
  ASSERT_TRUE(server.add(kOther, "SRVR", "").ok());
  StunClient client;
  EXPECT_EQ(server.handle(client.request({.username = "SRVR:ANY1"}), kSomePeer).session, kOther);
  EXPECT_EQ(server.ice.set_remote_ufrag(SessionId{99}, "CLNT").error().code, ErrorCode::NotFound);
  EXPECT_EQ(server.ice.set_remote_ufrag(kOther, "c").error().code, ErrorCode::InvalidArgument);
  EXPECT_TRUE(server.ice.set_remote_ufrag(kOther, "CLNT").ok());
  EXPECT_EQ(server.ice.set_remote_ufrag(kOther, "CLNT").error().code,
            ErrorCode::PreconditionFailed);
  EXPECT_EQ(server.handle(client.request({.username = "SRVR:ANY1"}), kSomePeer).verdict,
            IceVerdict::UnknownUser);
  EXPECT_EQ(server.handle(client.request(), kSomePeer).session, kOther);
}

TEST(IceLiteTable, RefusesCredentialsThatRfc8839DoesNotAllow) {
  Server server(false);
  const IceCredentials bad[] = {{"abc", kPassword, ""},
                                {"ab:d", kPassword, ""},
                                {std::string(257, 'a'), kPassword, ""},
                                {"abcd", "", ""},
                                {"abcd", std::string(21, 'a'), ""},
                                {"abcd", kPassword, "abc"}};
  for (const IceCredentials& credentials : bad) {
    EXPECT_EQ(server.ice.add(kOther, credentials).error().code, ErrorCode::InvalidArgument);
  }
}

TEST(IceLiteTable, IsBounded) {
  Server server(false);
  for (uint64_t i = 1; i <= IceLite::kMaxSessions; ++i) {
    ASSERT_TRUE(server.add(SessionId{i}, "U" + std::to_string(1000 + i), "CLNT").ok()) << i;
  }
  EXPECT_EQ(server.add(SessionId{9999}, "SRVR", "CLNT").error().code, ErrorCode::Exhausted);
  server.ice.remove(SessionId{5});
  EXPECT_TRUE(server.add(SessionId{9999}, "SRVR", "CLNT").ok());
}

TEST(IceLiteTable, ForgetsEverythingOfARemovedSession) {
  Server server;
  StunClient client;
  server.handle(client.request({.nominates = true}), kSomePeer);
  server.ice.remove(Server::kSession);
  server.ice.remove(Server::kSession);
  EXPECT_FALSE(server.ice.find(kSomePeer, server.now_ns));
  EXPECT_EQ(server.ice.selected(Server::kSession), nullptr);
  EXPECT_FALSE(server.ice.last_request_ns(Server::kSession));
  EXPECT_EQ(server.handle(client.request(), kSomePeer).verdict, IceVerdict::UnknownUser);
  // A replacement at the same address may follow at once.
  ASSERT_TRUE(server.add(kOther, "SRVR", "CLNT").ok());
  EXPECT_TRUE(server.handle(client.request(), kSomePeer).change.first);
}

TEST(IceLiteTable, ForgetsAnAddressThatIsSilentFor30Seconds) {
  Server server;
  StunClient client;
  server.handle(client.request(), kSomePeer);
  server.pass_ms(30'000);
  EXPECT_EQ(server.ice.find(kSomePeer, server.now_ns), Server::kSession);
  server.pass_ms(1);
  EXPECT_FALSE(server.ice.find(kSomePeer, server.now_ns));
  server.handle(client.request(), kSomePeer);
  EXPECT_EQ(server.ice.find(kSomePeer, server.now_ns), Server::kSession);
}

TEST(IceLiteTable, KeepsTheNewestEightAddressesAndTheSelectedOne) {
  Server server;
  StunClient client;
  server.handle(client.request({.nominates = true}), kSomePeer);
  for (uint16_t port = 1; port <= 20; ++port) {
    server.pass_ms(100);
    EXPECT_EQ(server.handle(client.request(), pair("192.0.2.9", port)).verdict,
              IceVerdict::Accepted);
  }
  EXPECT_EQ(server.ice.find(kSomePeer, server.now_ns), Server::kSession);
  for (uint16_t port = 1; port <= 20; ++port) {
    EXPECT_EQ(server.ice.find(pair("192.0.2.9", port), server.now_ns).has_value(), port > 13)
        << port;
  }
}

TEST(IceLiteTable, LeavesAnAddressToTheSessionThatUsesIt) {
  Server server;
  ASSERT_TRUE(server.add(kOther, "SRV2", "CLN2").ok());
  StunClient client;
  server.handle(client.request({.nominates = true}), kSomePeer);
  // A hostile participant with its own credentials and another's source address.
  server.pass_ms(9999);
  EXPECT_EQ(server.handle(client.request({.username = "SRV2:CLN2", .nominates = true}), kSomePeer)
                .verdict,
            IceVerdict::HeldElsewhere);
  EXPECT_FALSE(server.answered);
  EXPECT_EQ(server.ice.find(kSomePeer, server.now_ns), Server::kSession);
  server.pass_ms(1);
  EXPECT_TRUE(server.handle(client.request({.username = "SRV2:CLN2", .nominates = true}), kSomePeer)
                  .change.nominated);
  EXPECT_EQ(server.ice.find(kSomePeer, server.now_ns), kOther);
  EXPECT_EQ(server.ice.selected(Server::kSession), nullptr) << "nothing more is sent there";
  server.ice.remove(Server::kSession);
  EXPECT_EQ(server.ice.find(kSomePeer, server.now_ns), kOther);
}

TEST(IceLiteTable, ServesManySessionsAtATime) {
  Server server(false);
  StunClient client;
  for (uint64_t i = 1; i <= 500; ++i) {
    const std::string ufrag = "U" + std::to_string(1000 + i);
    ASSERT_TRUE(server.add(SessionId{i}, ufrag, "CLNT").ok());
    for (uint16_t port = 1; port <= 3; ++port) {
      server.handle(client.request({.username = ufrag + ":CLNT"}),
                    pair("192.0.2.1", static_cast<uint16_t>(i * 10 + port)));
    }
  }
  for (uint64_t i = 1; i <= 500; i += 2) server.ice.remove(SessionId{i});
  for (uint64_t i = 1; i <= 500; ++i) {
    for (uint16_t port = 1; port <= 3; ++port) {
      const auto owner =
          server.ice.find(pair("192.0.2.1", static_cast<uint16_t>(i * 10 + port)), server.now_ns);
      EXPECT_EQ(owner.value_or(SessionId{}), i % 2 == 0 ? SessionId{i} : SessionId{}) << i;
    }
  }
}

}  // namespace
}  // namespace veche::media
