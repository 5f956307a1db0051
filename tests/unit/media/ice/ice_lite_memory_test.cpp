// SPDX-License-Identifier: Apache-2.0
// IceLite itself allocates nothing for a datagram, and libnice keeps nothing, for any number of
// datagrams.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "../../allocated_bytes.hpp"
#include "../../allocations.hpp"
#include "../../repetitions.hpp"
#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::pair;
using test::Server;
using test::StunClient;
using veche::test::allocated_bytes;
using veche::test::allocations;

TEST(IceLiteMemory, DoesNotGrowOverManyDatagrams) {
  constexpr size_t kDatagrams = veche::test::repetitions(100'000);
  Server server;
  StunClient client;
  // More authentic requests than the agent remembers transactions, so that none counts as a replay,
  // and from more addresses than a session may have.
  std::vector<Bytes> datagrams;
  for (int i = 0; i < 10; ++i) {
    datagrams.push_back(client.request());
    datagrams.push_back(client.request({.nominates = true}));
    datagrams.push_back(client.request({.controlling = false}));
    datagrams.push_back(client.request({.attributes = {{0x7abc, {}}}}));
    datagrams.push_back(client.request({.password = "wrong password, wrong!"}));
    datagrams.push_back(Bytes(100));
  }
  std::array<CandidatePair, 20> sources;
  for (uint16_t i = 0; i < sources.size(); ++i) sources[i] = pair("192.0.2.1", i);
  std::array<uint8_t, IceLite::kMaxReplySize> reply{};
  const auto run = [&](size_t count) {
    for (size_t i = 0; i < count; ++i) {
      server.now_ns += 25 * kNsPerMs;
      server.ice.handle(datagrams[i % datagrams.size()], sources[i % sources.size()], server.now_ns,
                        reply);
    }
  };
  run(1000);
  const int allocations_before = allocations();
  const size_t bytes_before = allocated_bytes();
  run(kDatagrams);
  EXPECT_EQ(allocations(), allocations_before);
  // Less if threads of earlier tests are still freeing theirs.
  EXPECT_LE(allocated_bytes(), bytes_before);
  for (const IceVerdict verdict : {IceVerdict::Accepted, IceVerdict::RoleConflict,
                                   IceVerdict::UnknownAttribute, IceVerdict::BadIntegrity}) {
    EXPECT_GT(server.ice.count(verdict), kDatagrams / 10);
  }
}

}  // namespace
}  // namespace veche::media
