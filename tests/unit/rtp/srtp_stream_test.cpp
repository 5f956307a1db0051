// SPDX-License-Identifier: Apache-2.0
// SRTP's state of a stream: the replay window, the guess of the index, the table.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "rtp/srtp/stream_table.hpp"

namespace veche::rtp {
namespace {

TEST(ReplayWindow, TakesEachIndexOnceAndNothingOlderThanItself) {
  ReplayWindow<128> window;
  EXPECT_FALSE(window.newest());
  EXPECT_TRUE(window.is_new(1000));
  window.take(1000);
  EXPECT_FALSE(window.is_new(1000));
  EXPECT_TRUE(window.is_new(1000 - 127));
  EXPECT_FALSE(window.is_new(1000 - 128));
  window.take(1127);
  EXPECT_FALSE(window.is_new(1000));
  EXPECT_TRUE(window.is_new(1001));
  window.take(1128);
  EXPECT_FALSE(window.is_new(1000)) << "left the window";
  EXPECT_EQ(window.newest(), 1128u);
}

TEST(ReplayWindow, AgreesWithASetOfAllThatWasTaken) {
  std::mt19937 random(5);
  ReplayWindow<128> window;
  std::set<uint64_t> taken;
  uint64_t newest = 70000;
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t far = random() % 100 == 0 ? 400 : 8;
    const uint64_t index = random() % 2 == 0 ? newest + random() % far : newest - random() % 140;
    const bool known = taken.count(index) != 0;
    const bool expected = !known && (taken.empty() || index + 128 > *taken.rbegin());
    ASSERT_EQ(window.is_new(index), expected) << index;
    if (!expected) continue;
    window.take(index);
    taken.insert(index);
    newest = *taken.rbegin();
  }
}

struct Guess {
  uint64_t newest;
  uint16_t sequence;
  std::optional<uint64_t> index;
};

TEST(SrtpStream, GuessesTheIndexAsRfc3711Section331) {
  const Guess table[] = {
      {5, 6, 6},
      {5, 32773, 32773},
      {5, 65535, std::nullopt},
      {65535, 0, 65536},
      {65535, 65534, 65534},
      {65535, 32767, 32767},
      {65535, 32766, 65536 + 32766},
      {32768, 65535, 65535},
      {32768, 0, 0},
      {65536 + 5, 65535, 65535},
      {3 * 65536 + 5, 65535, 2 * 65536 + 65535},
      {3 * 65536 + 65000, 100, 4 * 65536 + 100},
      {SrtpStream::kMaxRtpIndex - 1, 65535, SrtpStream::kMaxRtpIndex},
      {SrtpStream::kMaxRtpIndex, 0, std::nullopt},
  };
  for (const Guess& guess : table) {
    SrtpStream stream;
    stream.rtp.take(guess.newest);
    EXPECT_EQ(stream.rtp_index(guess.sequence), guess.index)
        << guess.newest << ", " << guess.sequence;
  }
  EXPECT_EQ(SrtpStream{}.rtp_index(65535), 65535u) << "the first packet of a stream";
}

TEST(SrtpStream, DoesNotUseAnRtcpIndexTwice) {
  SrtpStream stream;
  EXPECT_EQ(stream.next_rtcp_index(), 1u);
  stream.rtcp.take(1);
  EXPECT_EQ(stream.next_rtcp_index(), 2u);
  stream.rtcp.take(SrtpStream::kMaxRtcpIndex - 1);
  EXPECT_EQ(stream.next_rtcp_index(), SrtpStream::kMaxRtcpIndex);
  stream.rtcp.take(SrtpStream::kMaxRtcpIndex);
  EXPECT_FALSE(stream.next_rtcp_index());
}

TEST(StreamTable, HoldsAsManyAsItWasMadeFor) {
  StreamTable table(3);
  EXPECT_EQ(table.find(0), nullptr);
  for (const uint32_t ssrc : {7u, 0xffffffffu, 0u}) {
    EXPECT_EQ(table.find(ssrc), nullptr);
    ASSERT_NE(table.add(ssrc), nullptr);
  }
  for (const uint32_t ssrc : {7u, 0xffffffffu, 0u}) EXPECT_EQ(table.find(ssrc)->ssrc, ssrc);
  EXPECT_EQ(table.add(8), nullptr);
  EXPECT_EQ(table.find(8), nullptr);
}

}  // namespace
}  // namespace veche::rtp
