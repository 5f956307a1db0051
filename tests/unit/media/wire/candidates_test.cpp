// SPDX-License-Identifier: Apache-2.0
// The candidates of an answer, and their addresses.
#include "media/wire/candidates.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace veche::media {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// RFC 8839 section 5.1, for host candidates.
struct Candidate {
  explicit Candidate(const std::string& line) {
    std::istringstream words(line);
    std::string typ;
    words >> foundation >> component >> transport >> priority >> address >> port >> typ >> type;
    EXPECT_EQ(typ, "typ") << line;
    std::string more;
    EXPECT_FALSE(words >> more) << line;
  }
  std::string foundation, transport, address, type;
  uint64_t priority = 0;
  int component = 0, port = 0;
};

TEST(HostCandidates, HaveTheSyntaxOfRfc8839) {
  EXPECT_THAT(host_candidates({"192.0.2.1", "2001:db8::7"}, {}, 40'000),
              ElementsAre("candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host",
                          "candidate:2 1 UDP 2130706175 2001:db8::7 40000 typ host"));
  EXPECT_THAT(host_candidates({}, {}, 40'000), IsEmpty());
}

TEST(HostCandidates, HaveDescendingPrioritiesAndFoundationsOfTheirOwn) {
  std::vector<std::string> addresses;
  for (int i = 1; i < 200; ++i) addresses.push_back("10.0.0." + std::to_string(i));
  std::set<std::string> foundations;
  uint64_t before = uint64_t{1} << 32;
  for (const std::string& line : host_candidates(addresses, {}, 65'535)) {
    const Candidate candidate(line);
    EXPECT_THAT(candidate.foundation, StartsWith("candidate:"));
    EXPECT_TRUE(foundations.insert(candidate.foundation).second) << line;
    EXPECT_EQ(candidate.component, 1);
    EXPECT_EQ(candidate.port, 65'535);
    // RFC 8445 section 5.1.2.1: type preference 126, component 1, and unique.
    EXPECT_EQ(candidate.priority >> 24, 126u);
    EXPECT_EQ(candidate.priority & 0xff, 255u);
    EXPECT_LT(candidate.priority, before);
    before = candidate.priority;
  }
  EXPECT_EQ(foundations.size(), addresses.size());
}

TEST(HostCandidates, SayTheAddressesThatTheWorldKnows) {
  const auto lines = host_candidates({"10.0.0.5", "10.0.0.6"},
                                     {{"10.0.0.5", "203.0.113.7"}, {"10.9.9.9", "x"}}, 1024);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(Candidate(lines[0]).address, "203.0.113.7");
  EXPECT_EQ(Candidate(lines[0]).port, 1024);
  EXPECT_EQ(Candidate(lines[1]).address, "10.0.0.6");
}

TEST(UsableAddresses, AreTheConfiguredOnes) {
  const std::vector<std::string> configured{"127.0.0.1", "192.0.2.1", "::1"};
  EXPECT_EQ(usable_addresses(configured).value(), configured);
}

TEST(UsableAddresses, AreOtherwiseThisMachinesWithoutLoopbackAndLinkLocal) {
  const auto found = usable_addresses({});
  if (!found) {
    EXPECT_EQ(found.error().code, ErrorCode::Unavailable) << "nothing but loopback here";
    return;
  }
  EXPECT_THAT(*found, Not(IsEmpty()));
  EXPECT_THAT(*found, Each(AllOf(Not(StartsWith("127.")), Not("::1"), Not(StartsWith("fe80")))));
  for (const std::string& address : *found) {
    unsigned char memory[16];
    EXPECT_TRUE(inet_pton(AF_INET, address.c_str(), memory) == 1 ||
                inet_pton(AF_INET6, address.c_str(), memory) == 1)
        << address;
  }
  EXPECT_EQ(std::set<std::string>(found->begin(), found->end()).size(), found->size());
}

}  // namespace
}  // namespace veche::media
