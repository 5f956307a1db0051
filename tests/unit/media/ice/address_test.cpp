// SPDX-License-Identifier: Apache-2.0
// Address: one value for all notations of an address, and a hash that needs the key.
#include "media/ice/address.hpp"

#include <gtest/gtest.h>

#include <set>

#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::address;
using test::kKey;
using test::pair;

TEST(Address, OfAMappedIpv6AddressIsTheIpv4Address) {
  EXPECT_EQ(address("::ffff:192.0.2.1", 3478), address("192.0.2.1", 3478));
  EXPECT_EQ(address("::ffff:192.0.2.1", 3478).hash(kKey), address("192.0.2.1", 3478).hash(kKey));
  EXPECT_TRUE(address("::ffff:192.0.2.1", 3478).is_ipv4());
  EXPECT_FALSE(address("::192.0.2.1", 3478).is_ipv4());
}

TEST(Address, DiffersByIpAndPort) {
  EXPECT_NE(address("192.0.2.1", 1), address("192.0.2.1", 2));
  EXPECT_NE(address("192.0.2.1", 1), address("192.0.2.2", 1));
  EXPECT_NE(address("2001:db8::1", 1), address("2001:db8::2", 1));
  EXPECT_NE(pair("192.0.2.1", 1, 0), pair("192.0.2.1", 1, 1));
}

TEST(Address, IsWrittenForPeople) {
  EXPECT_EQ(address("192.0.2.1", 3478).text(), "192.0.2.1:3478");
  EXPECT_EQ(address("2001:db8::1", 65535).text(), "[2001:db8::1]:65535");
}

TEST(Address, IsWrittenForTheSocketsFamily) {
  sockaddr_storage storage;
  for (const auto& [ip, family] :
       {std::pair{"192.0.2.1", AF_INET}, std::pair{"192.0.2.1", AF_INET6},
        std::pair{"2001:db8::1", AF_INET6}}) {
    const socklen_t size = address(ip, 99).write(static_cast<sa_family_t>(family), storage);
    EXPECT_EQ(storage.ss_family, family);
    EXPECT_EQ(size, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    EXPECT_EQ(Address::from(storage, size), address(ip, 99));
  }
  EXPECT_EQ(address("2001:db8::1", 99).write(AF_INET, storage), 0u);
  EXPECT_EQ(address("192.0.2.1", 99).write(AF_UNIX, storage), 0u);
}

TEST(Address, IsNotMadeOfOtherFamiliesOrShortOnes) {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;
  EXPECT_FALSE(Address::from(storage, sizeof(storage)));
  storage.ss_family = AF_INET;
  EXPECT_FALSE(Address::from(storage, sizeof(sockaddr_in) - 1));
  storage.ss_family = AF_INET6;
  EXPECT_FALSE(Address::from(storage, sizeof(sockaddr_in)));
  EXPECT_FALSE(Address::from(storage, 0));
}

TEST(Address, HashesDifferentlyWithAnotherKeyAndSpreadsNeighbours) {
  for (size_t word = 0; word < kKey.words.size(); ++word) {
    HashKey other = kKey;
    other.words[word] ^= 2;
    EXPECT_NE(address("192.0.2.1", 1).hash(kKey), address("192.0.2.1", 1).hash(other)) << word;
  }
  std::set<uint64_t> low_bits;
  for (uint16_t port = 0; port < 4096; ++port) {
    low_bits.insert(address("192.0.2.1", port).hash(kKey) % 65536);
    EXPECT_NE(pair("192.0.2.1", port, 0).hash(kKey), pair("192.0.2.1", port, 1).hash(kKey));
  }
  EXPECT_GT(low_bits.size(), 3900u);  // 3969 for a random function.
}

TEST(HashKey, IsRandom) {
  const auto first = HashKey::random(), second = HashKey::random();
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->words, second->words);
}

}  // namespace
}  // namespace veche::media
