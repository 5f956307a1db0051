// SPDX-License-Identifier: Apache-2.0
// StreamJoiner: the SSRCs of one publisher become one stream, without a gap or a jump.
#include "rtp/stream_joiner.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "packet_builder.hpp"
#include "slot_stream.hpp"

namespace veche::rtp {
namespace {

using test::build;
using test::Bytes;
using test::kFrame;

constexpr uint32_t kFirst = 0xa, kSecond = 0xb, kThird = 0xc;

/// Nothing: the packet goes no further.
struct Joined {
  uint16_t sequence;
  uint32_t timestamp;
  uint32_t ssrc;
  bool marker;
  bool operator==(const Joined&) const = default;
};

struct Arrival {
  std::string what;
  int64_t at_ms;
  uint32_t ssrc;
  uint16_t sequence;
  uint32_t timestamp;
  std::optional<Joined> expected;
};

std::optional<Joined> join(StreamJoiner& joiner, const Arrival& arrival) {
  const Bytes bytes =
      build({.sequence = arrival.sequence, .timestamp = arrival.timestamp, .ssrc = arrival.ssrc});
  std::array<uint8_t, 100> memory{};
  const auto joined =
      joiner.join(*PacketView::parse(bytes), kNsPerS + arrival.at_ms * kNsPerMs, memory);
  if (!joined) return std::nullopt;
  const auto read = PacketView::parse(joined->bytes());
  EXPECT_EQ(Bytes(read->payload().begin(), read->payload().end()), test::kPayload);
  EXPECT_EQ(joined->payload().size(), test::kPayload.size());
  return Joined{read->sequence(), read->timestamp(), read->ssrc(), read->marker()};
}

void check(StreamJoiner joiner, const std::vector<Arrival>& arrivals) {
  for (const Arrival& arrival : arrivals) {
    EXPECT_EQ(join(joiner, arrival), arrival.expected) << arrival.what;
  }
}

TEST(StreamJoiner, ContinuesWhereTheFormerSourceEnded) {
  check(StreamJoiner(),
        {
            {"the first is left as it is", 0, kFirst, 65534, 5000,
             Joined{65534, 5000, kFirst, false}},
            {"and its gaps", 40, kFirst, 0, 5000 + 2 * kFrame,
             Joined{0, 5000 + 2 * kFrame, kFirst, false}},
            {"another begins", 61, kSecond, 30000, 77, Joined{1, 5000 + 3 * kFrame, kFirst, true}},
            {"and goes on", 80, kSecond, 30001, 77 + kFrame,
             Joined{2, 5000 + 4 * kFrame, kFirst, false}},
            {"with its own gaps", 140, kSecond, 30004, 77 + 4 * kFrame,
             Joined{5, 5000 + 7 * kFrame, kFirst, false}},
            {"a resent packet fills one", 150, kSecond, 30002, 77 + 2 * kFrame,
             Joined{3, 5000 + 5 * kFrame, kFirst, false}},
            {"a third, after a pause", 1140, kThird, 9, 0,
             Joined{6, 5000 + 57 * kFrame, kFirst, true}},
        });
}

TEST(StreamJoiner, DropsWhatTheChangeHasOvertaken) {
  check(StreamJoiner(),
        {
            {"the first", 0, kFirst, 10, 0, Joined{10, 0, kFirst, false}},
            {"another begins", 20, kSecond, 500, 0, Joined{11, kFrame, kFirst, true}},
            {"a late one of the former", 25, kFirst, 11, kFrame, {}},
            {"one that precedes the first of its own", 26, kSecond, 499, 0, {}},
            {"it goes on", 40, kSecond, 501, kFrame, Joined{12, 2 * kFrame, kFirst, false}},
            {"the former too", 239, kFirst, 20, kFrame, {}},
            {"once the present one is silent it takes over", 240, kFirst, 21, 0,
             Joined{13, 12 * kFrame, kFirst, true}},
        });
}

TEST(StreamJoiner, HasTheSsrcOfTheOffer) {
  check(StreamJoiner(kThird),
        {
            {"one that the offer does not name", 0, kFirst, 10, 7, Joined{10, 7, kThird, false}},
            {"the next", 20, kFirst, 11, 7 + kFrame, Joined{11, 7 + kFrame, kThird, false}},
            {"the one that it names", 40, kThird, 1, 0, Joined{12, 7 + 2 * kFrame, kThird, true}},
        });
}

TEST(StreamJoiner, JitterAtTheChangeIsNoTime) {
  for (const int64_t late_ms : {-9, 0, 9}) {
    StreamJoiner joiner;
    join(joiner, {"", 0, kFirst, 1, 0, {}});
    EXPECT_EQ(join(joiner, {"", 20 + late_ms, kSecond, 1, 0, {}})->timestamp, kFrame) << late_ms;
  }
}

TEST(StreamJoiner, CopiesOnlyWhatChangesAndWhatFits) {
  StreamJoiner joiner;
  std::array<uint8_t, 8> small{};
  const Bytes first = build({.ssrc = kFirst}), second = build({.ssrc = kSecond});
  const auto same = joiner.join(*PacketView::parse(first), 0, small);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->bytes().data(), first.data());
  EXPECT_FALSE(joiner.join(*PacketView::parse(second), kNsPerS, small));
}

TEST(StreamJoiner, ANewSsrcForEachPacketIsStillOneStream) {
  StreamJoiner joiner;
  for (uint32_t i = 0; i < 200; ++i) {
    const auto sent = join(joiner, {"", i * 20, 1000 + i, static_cast<uint16_t>(i * 7919), i, {}});
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->sequence, i);
    EXPECT_EQ(sent->timestamp, i * kFrame);
  }
}

}  // namespace
}  // namespace veche::rtp
