// SPDX-License-Identifier: Apache-2.0
// PacketCache: has the newest packets, byte for byte, and limits a flood of requests.
#include "rtp/rtcp/packet_cache.hpp"

#include <gtest/gtest.h>

#include <random>

#include "packet_builder.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;

Bytes packet_of(uint16_t sequence, size_t size) {
  Bytes bytes(size, static_cast<uint8_t>(sequence));
  bytes[0] = static_cast<uint8_t>(sequence >> 8);
  return bytes;
}

Bytes resend(PacketCache& cache, uint16_t sequence, int64_t now_ns = 0, int64_t round_trip_ns = 0) {
  const auto bytes = cache.resend(sequence, now_ns, round_trip_ns);
  return {bytes.begin(), bytes.end()};
}

TEST(PacketCache, GivesBackWhatWasStored) {
  PacketCache cache(1000, 8);
  EXPECT_TRUE(resend(cache, 0).empty());
  for (const uint16_t sequence : {65534, 65535, 0, 1})
    cache.store(sequence, packet_of(sequence, 50));
  for (const uint16_t sequence : {1, 65534, 0, 65535}) {
    EXPECT_EQ(resend(cache, sequence), packet_of(sequence, 50)) << sequence;
  }
  EXPECT_TRUE(resend(cache, 2).empty());
  EXPECT_TRUE(resend(cache, 8 + 1).empty()) << "in the same place of the table";
}

TEST(PacketCache, ForgetsTheOldestForLackOfBytes) {
  PacketCache cache(1000, 64);
  for (uint16_t sequence = 0; sequence < 11; ++sequence) {
    cache.store(sequence, packet_of(sequence, 100));
  }
  EXPECT_TRUE(resend(cache, 0).empty());
  for (uint16_t sequence = 1; sequence < 11; ++sequence) {
    EXPECT_EQ(resend(cache, sequence), packet_of(sequence, 100)) << sequence;
  }
}

TEST(PacketCache, ForgetsTheOldestForLackOfPlaces) {
  PacketCache cache(10'000, 4);
  for (uint16_t sequence = 0; sequence < 5; ++sequence) {
    cache.store(sequence, packet_of(sequence, 10));
  }
  EXPECT_TRUE(resend(cache, 0).empty());
  for (uint16_t sequence = 1; sequence < 5; ++sequence) {
    EXPECT_FALSE(resend(cache, sequence).empty()) << sequence;
  }
}

TEST(PacketCache, StoresNothingThatIsTooLarge) {
  PacketCache cache(100, 4);
  cache.store(1, packet_of(1, 40));
  cache.store(2, packet_of(2, 101));
  cache.store(3, {});
  EXPECT_TRUE(resend(cache, 2).empty());
  EXPECT_TRUE(resend(cache, 3).empty());
  EXPECT_FALSE(resend(cache, 1).empty());
  PacketCache none(0, 0);
  none.store(1, packet_of(1, 1));
  EXPECT_TRUE(resend(none, 1).empty());
}

TEST(PacketCache, ResendsOnceInARoundTrip) {
  PacketCache cache(1000, 4);
  cache.store(1, packet_of(1, 10));
  EXPECT_FALSE(resend(cache, 1, 0, 100 * kNsPerMs).empty()) << "the first time at once";
  EXPECT_TRUE(resend(cache, 1, 99 * kNsPerMs, 100 * kNsPerMs).empty());
  EXPECT_FALSE(resend(cache, 1, 100 * kNsPerMs, 100 * kNsPerMs).empty());
  EXPECT_TRUE(resend(cache, 1, 109 * kNsPerMs, 0).empty()) << "whatever the round trip";
  EXPECT_FALSE(resend(cache, 1, 110 * kNsPerMs, 0).empty());
}

TEST(PacketCache, BoundsWhatAFloodOfRequestsCosts) {
  PacketCache cache(1000, 4);
  cache.store(1, packet_of(1, 10));
  size_t sent = 0;
  for (int64_t ms = 0; ms < 10'000; ++ms)
    sent += resend(cache, 1, ms * kNsPerMs, 0).empty() ? 0 : 1;
  EXPECT_EQ(sent, PacketCache::kMaxResends);
  cache.store(1, packet_of(1, 10));
  EXPECT_FALSE(resend(cache, 1).empty());
}

TEST(PacketCache, ForgetsAllWhenCleared) {
  PacketCache cache(1000, 4);
  cache.store(1, packet_of(1, 10));
  cache.clear();
  EXPECT_TRUE(resend(cache, 1).empty());
}

TEST(PacketCache, NeverGivesBackOtherBytes) {
  std::mt19937 random(1);
  PacketCache cache(5000, 32);
  std::vector<size_t> sizes(65536);
  uint16_t newest = 0;
  size_t found = 0;
  for (int i = 0; i < 100'000; ++i) {
    newest = static_cast<uint16_t>(newest + random() % 3);
    sizes[newest] = random() % 600 + 2;
    cache.store(newest, packet_of(newest, sizes[newest]));
    const auto wanted = static_cast<uint16_t>(newest - random() % 40);
    const Bytes bytes = resend(cache, wanted);
    if (bytes.empty()) continue;
    ++found;
    EXPECT_EQ(bytes, packet_of(wanted, sizes[wanted]));
  }
  EXPECT_GT(found, 10'000u);
}

}  // namespace
}  // namespace veche::rtp
