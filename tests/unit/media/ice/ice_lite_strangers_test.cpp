// SPDX-License-Identifier: Apache-2.0
// IceLite with unauthentic datagrams: it sends nothing, changes nothing, and bounds its work.
#include <gtest/gtest.h>

#include <random>

#include "rfc5769.hpp"
#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::pair;
using test::refresh_fingerprint;
using test::Server;
using test::StunClient;

const CandidatePair kPeer = pair("192.0.2.1", 32853);
const CandidatePair kStranger = pair("203.0.113.9", 666);

/// Hands it over, and checks that it has no visible effect.
IceVerdict refused(Server& server, const Bytes& datagram, const CandidatePair& from = kStranger) {
  const IceOutcome outcome = server.handle(datagram, from);
  EXPECT_FALSE(server.answered);
  EXPECT_FALSE(outcome.session);
  EXPECT_FALSE(outcome.change.first || outcome.change.nominated || outcome.change.moved);
  EXPECT_FALSE(server.ice.find(from, server.now_ns));
  EXPECT_EQ(server.ice.selected(Server::kSession), nullptr);
  EXPECT_FALSE(server.ice.last_request_ns(Server::kSession));
  return outcome.verdict;
}

Bytes with(Bytes bytes, size_t at, uint8_t value) {
  bytes[at] = value;
  refresh_fingerprint(bytes);
  return bytes;
}

TEST(IceLiteSilence, IsTheAnswerToWrongCredentials) {
  Server server;
  StunClient client;
  EXPECT_EQ(refused(server, client.request({.password = "not the password at all"})),
            IceVerdict::BadIntegrity);
  for (const char* username : {"CLNT:SRVR", "SRVR:CLNX", "SRVX:CLNT", "SRVR", "SRVR:", ":CLNT",
                               "SRVR:CLNT:", "SRVRCLNT", "SRVR:CLNT\n", ":"}) {
    const IceVerdict verdict = refused(server, client.request({.username = username}));
    EXPECT_EQ(verdict, std::string_view(username).find(':') == std::string_view::npos
                           ? IceVerdict::NotARequest
                           : IceVerdict::UnknownUser)
        << username;
  }
  EXPECT_EQ(refused(server, client.request({.username = std::string(300, 'S') + ":CLNT"})),
            IceVerdict::NotARequest);
}

TEST(IceLiteSilence, IsTheAnswerToUnknownAttributesAndRolesWithoutIntegrity) {
  Server server;
  StunClient client;
  EXPECT_EQ(refused(server, client.request({.password = "wrong password, wrong!",
                                            .attributes = {{0x7abc, {}}}})),
            IceVerdict::BadIntegrity);
  EXPECT_EQ(
      refused(server, client.request({.password = "wrong password, wrong!", .controlling = false})),
      IceVerdict::BadIntegrity);
}

TEST(IceLiteSilence, IsTheAnswerToOtherMessages) {
  Server server;
  StunClient client;
  const Bytes request = client.request();
  EXPECT_EQ(refused(server, with(request, 1, 0x11)), IceVerdict::NotARequest) << "indication";
  EXPECT_EQ(refused(server, with(request, 0, 0x01)), IceVerdict::NotARequest) << "response";
  EXPECT_EQ(refused(server, with(with(request, 0, 0x01), 1, 0x11)), IceVerdict::NotARequest);
  EXPECT_EQ(refused(server, with(request, 1, 0x03)), IceVerdict::NotARequest) << "allocate";
  EXPECT_EQ(refused(server, with(request, 4, 0x00)), IceVerdict::NotARequest) << "no cookie";
  EXPECT_EQ(refused(server, test::kRfc5769Response), IceVerdict::NotARequest);
}

TEST(IceLiteSilence, IsTheAnswerToTruncation) {
  Server server;
  StunClient client;
  const Bytes request = client.request({.nominates = true});
  for (size_t size = 0; size < request.size(); ++size) {
    Bytes part(request.begin(), request.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(refused(server, part), IceVerdict::NotARequest) << size;
    if (size < 28) continue;
    // The same with a matching length and FINGERPRINT.
    part[2] = static_cast<uint8_t>((size - 20) >> 8);
    part[3] = static_cast<uint8_t>(size - 20);
    refresh_fingerprint(part);
    EXPECT_EQ(refused(server, part), IceVerdict::NotARequest) << size;
  }
  Bytes longer = request;
  longer.resize(request.size() + 4);
  EXPECT_EQ(refused(server, longer), IceVerdict::NotARequest);
}

TEST(IceLiteSilence, IsTheAnswerToAnyChangedBit) {
  Server server;
  StunClient client;
  const Bytes request = client.request({.nominates = true});
  for (size_t bit = 0; bit < request.size() * 8; ++bit) {
    Bytes changed = request;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    const IceVerdict verdict = refused(server, changed);
    EXPECT_TRUE(verdict == IceVerdict::NotARequest || verdict == IceVerdict::UnknownUser) << bit;
    server.pass_ms(1000);  // Excludes the rate limit as the cause.
    if (bit / 8 + 8 >= request.size()) continue;
    refresh_fingerprint(changed);
    refused(server, changed);
    server.pass_ms(1000);
  }
  EXPECT_GT(server.ice.count(IceVerdict::BadIntegrity), 400u);
  EXPECT_EQ(server.ice.count(IceVerdict::Limited), 0u);
}

/// A header and the given attributes, with a correct FINGERPRINT at the end.
Bytes message(const std::vector<std::pair<uint16_t, Bytes>>& attributes) {
  Bytes bytes{0x00, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const auto append = [&](uint16_t type, const Bytes& value) {
    for (const size_t field : {size_t{type}, value.size()}) {
      bytes.push_back(static_cast<uint8_t>(field >> 8));
      bytes.push_back(static_cast<uint8_t>(field));
    }
    bytes.insert(bytes.end(), value.begin(), value.end());
    bytes.resize((bytes.size() + 3) / 4 * 4);
  };
  for (const auto& [type, value] : attributes) append(type, value);
  append(STUN_ATTRIBUTE_FINGERPRINT, Bytes(4));
  bytes[3] = static_cast<uint8_t>(bytes.size() - 20);
  refresh_fingerprint(bytes);
  return bytes;
}

TEST(IceLiteSilence, IsTheAnswerToIntegrityOfTheWrongForm) {
  Server server;
  const Bytes user{'S', 'R', 'V', 'R', ':', 'C', 'L', 'N', 'T'};
  // libnice alone would read past the end of the first ones.
  for (const size_t size : {0, 1, 4, 16, 19, 21, 24, 32}) {
    EXPECT_EQ(refused(server, message({{0x0006, user}, {0x0008, Bytes(size)}})),
              IceVerdict::NotARequest)
        << size;
  }
  EXPECT_EQ(refused(server, message({{0x0006, user}})), IceVerdict::NotARequest);
  EXPECT_EQ(refused(server, message({{0x0008, Bytes(20)}, {0x0006, user}})),
            IceVerdict::NotARequest)
      << "after the integrity";
  EXPECT_EQ(refused(server, message({{0x0006, user}, {0x0008, Bytes(20)}, {0x8022, {'x'}}})),
            IceVerdict::NotARequest)
      << "something not authenticated";
  EXPECT_EQ(refused(server, message({{0x0006, user}, {0x0008, Bytes(20)}})),
            IceVerdict::BadIntegrity);
}

TEST(IceLiteSilence, IsTheAnswerToNoise) {
  Server server;
  StunClient client;
  std::mt19937 random(1);
  const Bytes request = client.request();
  for (int i = 0; i < 20'000; ++i) {
    Bytes noise(random() % 200);
    for (uint8_t& byte : noise) byte = static_cast<uint8_t>(random());
    // A truncated header, often a correct one.
    if (i % 2 == 0) std::copy_n(request.begin(), std::min<size_t>(noise.size(), 20), noise.begin());
    refused(server, noise);
  }
  refused(server, Bytes(65'000));
  EXPECT_EQ(server.ice.count(IceVerdict::NotARequest), 20'001u);
}

TEST(IceLiteLimit, StopsComputingForASourceThatFails) {
  Server server;
  StunClient client;
  const Bytes wrong = client.request({.password = "wrong password, wrong!"});
  for (int i = 0; i < 1000; ++i) refused(server, wrong);
  EXPECT_EQ(server.ice.count(IceVerdict::BadIntegrity), 20u);
  EXPECT_EQ(server.ice.count(IceVerdict::Limited), 980u);
  EXPECT_EQ(server.ice.refused(), 1000u);
  EXPECT_EQ(server.handle(client.request(), kPeer).verdict, IceVerdict::Accepted);
  EXPECT_EQ(server.handle(client.request(), kStranger).verdict, IceVerdict::Limited);
  server.pass_ms(100);
  EXPECT_EQ(server.handle(client.request(), kStranger).verdict, IceVerdict::Accepted);
}

TEST(IceLiteLimit, AlsoCountsWrongFingerprints) {
  Server server;
  StunClient client;
  Bytes wrong = client.request();
  wrong.back() ^= 1;
  for (int i = 0; i < 100; ++i) refused(server, wrong);
  EXPECT_EQ(server.ice.count(IceVerdict::NotARequest), 20u);
  EXPECT_EQ(server.ice.count(IceVerdict::Limited), 80u);
  EXPECT_EQ(server.ice.refused(), 100u);
}

TEST(IceLiteLimit, KeepsOneSessionsUserNameFromStarvingOtherSessions) {
  Server server;
  ASSERT_TRUE(server.add(SessionId{8}, "SRV2", "CLN2").ok());
  StunClient client;
  const Bytes wrong = client.request({.password = "wrong password, wrong!"});
  const Bytes right = client.request();
  server.handle(right, kPeer);
  for (uint16_t port = 1; port < 30'000; ++port) {
    server.handle(wrong, pair("203.0.113.9", port));
  }
  EXPECT_LE(server.ice.count(IceVerdict::BadIntegrity), 100u);
  EXPECT_EQ(server.handle(client.request({.username = "SRV2:CLN2"}), kStranger).verdict,
            IceVerdict::Accepted);
  EXPECT_EQ(server.handle(client.request(), kPeer).verdict, IceVerdict::Accepted)
      << "an authenticated address is not limited by strangers";
}

TEST(IceLiteLimit, IsBoundedForAllSessionsTogetherAndSparesTheAuthenticated) {
  Server server;
  StunClient client;
  server.handle(client.request(), kPeer);
  for (uint64_t i = 0; i < 100; ++i) {
    const std::string ufrag = "S" + std::to_string(100 + i);
    ASSERT_TRUE(server.add(SessionId{100 + i}, ufrag, "CLNT").ok());
    const Bytes wrong =
        client.request({.username = ufrag + ":CLNT", .password = "wrong password, wrong!"});
    for (uint16_t port = 1; port <= 50; ++port) {
      server.handle(wrong, pair("203.0." + std::to_string(i) + ".1", port));
    }
  }
  EXPECT_EQ(server.ice.count(IceVerdict::BadIntegrity), 1000u);
  EXPECT_EQ(server.handle(client.request(), kPeer).verdict, IceVerdict::Accepted);
}

TEST(IceLiteLimit, AlsoHoldsForAnAuthenticatedAddressThatFails) {
  Server server;
  StunClient client;
  server.handle(client.request(), kPeer);
  const Bytes wrong = client.request({.password = "wrong password, wrong!"});
  for (int i = 0; i < 1000; ++i) server.handle(wrong, kPeer);
  EXPECT_EQ(server.ice.count(IceVerdict::BadIntegrity), 40u);
  server.pass_ms(50);
  EXPECT_EQ(server.handle(client.request(), kPeer).verdict, IceVerdict::Accepted);
}

}  // namespace
}  // namespace veche::media
