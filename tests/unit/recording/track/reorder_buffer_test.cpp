// SPDX-License-Identifier: Apache-2.0
// The packets of one stream leave in order, each once, and missing ones are counted.
#include "recording/track/reorder_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "../../repetitions.hpp"

namespace veche::recording::reorder_buffer_test {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kNever = -1;

Packet packet(uint16_t sequence, int64_t arrival_ns = 0, size_t size = 1) {
  Packet made;
  made.sequence = sequence;
  made.arrival_ns = arrival_ns;
  made.payload.resize(size);
  return made;
}

struct Seen {
  std::vector<uint16_t> sequences;
  uint64_t lost = 0;
};

void drain(ReorderBuffer& buffer, int64_t now_ns, Seen& seen) {
  while (const auto ordered = buffer.pop(now_ns)) {
    seen.sequences.push_back(ordered->packet.sequence);
    seen.lost += ordered->lost;
  }
}

struct Case {
  const char* name;
  std::vector<uint16_t> arrivals;
  std::vector<uint16_t> expected;  ///< After the hold.
  uint64_t lost, late, duplicate, refused;
};

class ReorderBufferTable : public ::testing::TestWithParam<Case> {};

TEST_P(ReorderBufferTable, GivesThePacketsInOrder) {
  ReorderBuffer buffer;
  Seen seen;
  for (const uint16_t sequence : GetParam().arrivals) {
    buffer.push(packet(sequence));
    drain(buffer, 0, seen);
  }
  drain(buffer, ReorderBuffer::kHoldNs, seen);
  EXPECT_EQ(seen.sequences, GetParam().expected);
  EXPECT_EQ(seen.lost, GetParam().lost);
  EXPECT_EQ(buffer.late(), GetParam().late);
  EXPECT_EQ(buffer.duplicate(), GetParam().duplicate);
  EXPECT_EQ(buffer.refused(), GetParam().refused);
  EXPECT_FALSE(buffer.next_deadline_ns());
}

INSTANTIATE_TEST_SUITE_P(
    Streams, ReorderBufferTable,
    ::testing::Values(
        Case{"in_order", {7, 8, 9}, {7, 8, 9}, 0, 0, 0, 0},
        Case{"wraps", {65534, 65535, 0, 1}, {65534, 65535, 0, 1}, 0, 0, 0, 0},
        Case{"swapped_at_the_wrap", {65534, 0, 65535, 1}, {65534, 65535, 0, 1}, 0, 0, 0, 0},
        Case{"loss", {1, 2, 5, 6}, {1, 2, 5, 6}, 2, 0, 0, 0},
        Case{"loss_at_the_wrap", {65533, 2}, {65533, 2}, 4, 0, 0, 0},
        Case{"duplicates", {1, 1, 2, 4, 4, 2, 3}, {1, 2, 3, 4}, 0, 0, 3, 0},
        Case{"before_the_first", {5, 4, 6}, {5, 6}, 0, 1, 0, 0},
        Case{"restart_far_ahead", {1, 2, 30000, 30001}, {1, 2, 30000, 30001}, 0, 0, 0, 0},
        Case{"restart_behind", {30000, 1, 2, 3}, {30000, 1, 2, 3}, 0, 0, 0, 0},
        Case{"restart_swapped", {1, 30001, 30000, 30002}, {1, 30000, 30001, 30002}, 0, 0, 0, 0},
        Case{"restart_with_loss", {1, 30000, 30002}, {1, 30000, 30002}, 1, 0, 0, 0},
        Case{"one_stray", {1, 30000, 2, 3}, {1, 2, 3}, 0, 0, 0, 1},
        Case{"strays", {1, 30000, 20000, 10000, 2}, {1, 2}, 0, 0, 0, 3},
        Case{"stray_twice", {1, 30000, 30000, 2}, {1, 2}, 0, 0, 1, 1},
        Case{"restart_half_way_round", {0, 32768, 32769}, {0, 32768, 32769}, 0, 0, 0, 0}),
    [](const auto& info) { return info.param.name; });

TEST(ReorderBuffer, WaitsForAMissingPacketAndNoLonger) {
  ReorderBuffer buffer(200 * kMs);
  Seen seen;
  buffer.push(packet(1, 0));
  buffer.push(packet(3, 20 * kMs));
  buffer.push(packet(5, 60 * kMs));
  drain(buffer, 60 * kMs, seen);
  EXPECT_EQ(seen.sequences, std::vector<uint16_t>({1}));
  EXPECT_EQ(buffer.next_deadline_ns().value_or(kNever), 220 * kMs);
  drain(buffer, 220 * kMs - 1, seen);
  EXPECT_EQ(seen.sequences.size(), 1U);
  drain(buffer, 220 * kMs, seen);
  EXPECT_EQ(seen.sequences, std::vector<uint16_t>({1, 3}));
  EXPECT_EQ(seen.lost, 1U);
  EXPECT_EQ(buffer.next_deadline_ns().value_or(kNever), 260 * kMs);
  buffer.push(packet(2, 230 * kMs));
  EXPECT_EQ(buffer.late(), 1U);
  // A late packet does not make the others wait longer.
  buffer.push(packet(7, 240 * kMs));
  buffer.push(packet(6, 250 * kMs));
  drain(buffer, 260 * kMs, seen);
  EXPECT_EQ(seen.sequences, std::vector<uint16_t>({1, 3, 5, 6, 7}));
  EXPECT_EQ(seen.lost, 2U);
}

TEST(ReorderBuffer, GoesOnWithWhateverComesAfterAPause) {
  // Muted for 22 minutes: the numbers have wrapped, to behind, to ahead, to half way.
  for (const uint16_t first : {uint16_t{900}, uint16_t{1000}, uint16_t{40'000}}) {
    SCOPED_TRACE(first);
    ReorderBuffer buffer;
    Seen seen;
    buffer.push(packet(1000, 0));
    drain(buffer, 0, seen);
    const int64_t later_ns = 1'320'000 * kMs;
    for (uint16_t i = 0; i < 3; ++i) {
      buffer.push(packet(static_cast<uint16_t>(first + i), later_ns + i * 20 * kMs));
      drain(buffer, later_ns + i * 20 * kMs, seen);
      EXPECT_EQ(seen.sequences.back(), first + i);
    }
    EXPECT_EQ(seen.lost + buffer.late() + buffer.duplicate() + buffer.refused(), 0U);
  }
  // A network that failed for 3 s: that is loss.
  ReorderBuffer buffer;
  Seen seen;
  buffer.push(packet(1000, 0));
  buffer.push(packet(1150, 3000 * kMs));
  drain(buffer, 3200 * kMs, seen);
  EXPECT_EQ(seen.lost, 149U);
}

TEST(ReorderBuffer, GoesOnWithAnotherSourceWhoseNumbersAreNear) {
  ReorderBuffer buffer;
  Seen seen;
  for (const uint16_t sequence : {500, 501, 502}) buffer.push(packet(sequence));
  drain(buffer, kNever, seen);
  buffer.begin_source();
  for (const uint16_t sequence : {100, 101, 103, 102}) buffer.push(packet(sequence));
  drain(buffer, kNever, seen);
  EXPECT_EQ(seen.sequences, (std::vector<uint16_t>{500, 501, 502, 100, 101, 102, 103}));
  EXPECT_EQ(seen.lost, 0U);
  EXPECT_EQ(buffer.late(), 0U);
}

TEST(ReorderBuffer, OrdersAnyShuffleWithLossAndDuplicates) {
  for (uint32_t seed = 1; seed <= test::repetitions(20U); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    constexpr int kPackets = 20'000;  // Passes the wrap-around.
    const auto first = static_cast<uint16_t>(60'000 + seed);
    std::vector<Packet> arrivals;
    uint64_t lost = 0, duplicates = 0;
    std::vector<uint16_t> sent;
    for (int i = 0; i < kPackets; ++i) {
      const auto sequence = static_cast<uint16_t>(first + i);
      const bool is_end = i == 0 || i == kPackets - 1;
      if (!is_end && random() % 50 == 0) {
        ++lost;
        continue;
      }
      sent.push_back(sequence);
      const int64_t sent_ns = i * 20 * kMs;
      const auto jitter_ns = [&] { return i == 0 ? 0 : int64_t(random() % 150) * kMs; };
      arrivals.push_back(packet(sequence, sent_ns + jitter_ns()));
      if (random() % 100 == 0) {
        arrivals.push_back(packet(sequence, sent_ns + jitter_ns()));
        ++duplicates;
      }
    }
    std::stable_sort(arrivals.begin(), arrivals.end(),
                     [](const Packet& a, const Packet& b) { return a.arrival_ns < b.arrival_ns; });
    ReorderBuffer buffer;
    Seen seen;
    for (Packet& arrival : arrivals) {
      const int64_t now_ns = arrival.arrival_ns;
      buffer.push(std::move(arrival));
      drain(buffer, now_ns, seen);
    }
    drain(buffer, INT64_MAX, seen);
    EXPECT_EQ(seen.sequences, sent);
    EXPECT_EQ(seen.lost, lost);
    EXPECT_EQ(buffer.duplicate(), duplicates);
    EXPECT_EQ(buffer.late(), 0U);
  }
}

TEST(ReorderBuffer, HoldsNoMoreThanItMay) {
  ReorderBuffer buffer;
  Seen seen;
  buffer.push(packet(0));
  drain(buffer, 0, seen);
  constexpr int kSent = 2000;
  for (int i = 0; i < kSent; ++i) buffer.push(packet(static_cast<uint16_t>(i + 2)));
  EXPECT_EQ(buffer.refused(), kSent - ReorderBuffer::kMaxPackets);
  // A full buffer stops waiting.
  EXPECT_TRUE(buffer.pop(0));

  ReorderBuffer large;
  large.push(packet(0));
  for (uint16_t i = 2; i < 102; ++i) large.push(packet(i, 0, 60'000));
  EXPECT_GT(large.refused(), 0U);
  drain(large, INT64_MAX, seen);
  EXPECT_FALSE(large.pop(INT64_MAX));
}

TEST(ReorderBuffer, SurvivesAnyNumbers) {
  std::mt19937 random(3);
  ReorderBuffer buffer;
  uint64_t popped = 0;
  constexpr uint64_t kPushed = test::repetitions(300'000);
  for (uint64_t i = 0; i < kPushed; ++i) {
    const uint32_t shape = random();
    buffer.push(packet(static_cast<uint16_t>(shape % 3 == 0 ? random() : i), int64_t(i) * kMs));
    while (const auto ordered = buffer.pop(int64_t(i) * kMs)) {
      ++popped;
      ASSERT_LE(ordered->lost, 2U * ReorderBuffer::kRestart);
    }
  }
  while (buffer.pop(INT64_MAX)) ++popped;
  const uint64_t counted = popped + buffer.late() + buffer.duplicate() + buffer.refused();
  EXPECT_GE(counted, kPushed - 1);  // One may be a stray that is still waiting.
  EXPECT_LE(counted, kPushed);
}

}  // namespace
}  // namespace veche::recording::reorder_buffer_test
