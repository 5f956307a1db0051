// SPDX-License-Identifier: Apache-2.0
// NackGenerator: requests missing packets, repeats after a round trip, and gives up.
#include "rtp/rtcp/nack_generator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace veche::rtp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr NackSettings kSettings{.reorder_ns = 10 * kNsPerMs,
                                 .min_repeat_ns = 20 * kNsPerMs,
                                 .max_age_ns = 400 * kNsPerMs,
                                 .max_tries = 3};
constexpr uint32_t kFirst = 0x10000 + 65530;

struct Asker {
  NackGenerator generator{kSettings};
  void receive(std::vector<uint32_t> numbers, int64_t now_ms) {
    for (const uint32_t number : numbers) generator.on_packet(kFirst + number, now_ms * kNsPerMs);
  }
  /// Relative to kFirst.
  std::vector<uint16_t> ask(int64_t now_ms, int64_t round_trip_ms = 50, size_t room = 200) {
    std::vector<uint16_t> out(room);
    out.resize(generator.collect(now_ms * kNsPerMs, round_trip_ms * kNsPerMs, out));
    for (uint16_t& number : out) number = static_cast<uint16_t>(number - kFirst);
    return out;
  }
};

TEST(NackGenerator, AsksForNothingWhenNothingIsMissing) {
  Asker asker;
  asker.receive({0, 1, 2, 3}, 0);
  EXPECT_THAT(asker.ask(1000), IsEmpty());
}

TEST(NackGenerator, AsksForAGapAfterAMoment) {
  Asker asker;
  asker.receive({0, 1, 4, 10}, 0);
  EXPECT_THAT(asker.ask(9), IsEmpty());
  EXPECT_THAT(asker.ask(10), ElementsAre(2, 3, 5, 6, 7, 8, 9));
}

TEST(NackGenerator, AsksNotForWhatWasReordered) {
  Asker asker;
  asker.receive({0, 4, 2, 1, 3}, 0);
  EXPECT_THAT(asker.ask(100), IsEmpty());
  EXPECT_EQ(asker.generator.missing(), 0u);
}

TEST(NackGenerator, RepeatsAfterARoundTripAndGivesUp) {
  Asker asker;
  asker.receive({0, 2}, 0);
  EXPECT_THAT(asker.ask(10), ElementsAre(1));
  EXPECT_THAT(asker.ask(59), IsEmpty());
  EXPECT_THAT(asker.ask(60), ElementsAre(1));
  EXPECT_THAT(asker.ask(110), ElementsAre(1));
  EXPECT_EQ(asker.generator.missing(), 0u);
  EXPECT_THAT(asker.ask(200), IsEmpty());
}

TEST(NackGenerator, RepeatsNotTooSoonWhateverTheRoundTrip) {
  Asker asker;
  asker.receive({0, 2}, 0);
  EXPECT_THAT(asker.ask(10, 0), ElementsAre(1));
  EXPECT_THAT(asker.ask(29, 0), IsEmpty());
  EXPECT_THAT(asker.ask(30, -1000), ElementsAre(1));
}

TEST(NackGenerator, StopsWhenThePacketComes) {
  Asker asker;
  asker.receive({0, 2, 4}, 0);
  EXPECT_THAT(asker.ask(10), ElementsAre(1, 3));
  asker.receive({1}, 30);
  EXPECT_THAT(asker.ask(60), ElementsAre(3));
}

TEST(NackGenerator, GivesUpWhatIsTooOld) {
  Asker asker;
  asker.receive({0, 2}, 0);
  EXPECT_THAT(asker.ask(401), IsEmpty());
  EXPECT_EQ(asker.generator.missing(), 0u);
}

TEST(NackGenerator, KeepsForTheNextTimeWhatDoesNotFit) {
  Asker asker;
  asker.receive({0, 4}, 0);
  EXPECT_THAT(asker.ask(10, 50, 2), ElementsAre(1, 2));
  EXPECT_THAT(asker.ask(10, 50, 2), ElementsAre(3));
  EXPECT_THAT(asker.ask(10, 50, 0), IsEmpty());
}

TEST(NackGenerator, GivesUpAllAfterALongGap) {
  Asker asker;
  asker.receive({0, 2}, 0);
  asker.receive({3 + NackGenerator::kMaxMissing + 1}, 0);
  EXPECT_EQ(asker.generator.missing(), 0u);
  asker.receive({3 + NackGenerator::kMaxMissing + 3}, 0);
  EXPECT_EQ(asker.generator.missing(), 1u);
}

TEST(NackGenerator, GivesUpTheOldestOfTooMany) {
  Asker asker;
  asker.receive({0, 101, 202}, 0);
  EXPECT_EQ(asker.generator.missing(), NackGenerator::kMaxMissing);
  const auto asked = asker.ask(10);
  EXPECT_EQ(asked.size(), NackGenerator::kMaxMissing);
  EXPECT_EQ(asked.front(), 101 - (NackGenerator::kMaxMissing - 100));
  EXPECT_EQ(asked.back(), 201);
}

TEST(NackGenerator, AsksOnlyForWhatIsMissingAndNeverTooOften) {
  std::mt19937 random(1);
  Asker asker;
  std::set<uint32_t> received;
  std::map<uint32_t, int> asked;
  for (uint32_t number = 0; number < 20'000; ++number) {
    const int64_t now_ms = number * int64_t{5};
    if (random() % 10 != 0) {
      asker.receive({number}, now_ms);
      received.insert(number);
    }
    if (random() % 20 == 0 && number > 5 && received.insert(number - 3).second) {
      asker.receive({number - 3}, now_ms);
    }
    for (const uint16_t low : asker.ask(now_ms, random() % 100)) {
      const uint32_t wanted = number - static_cast<uint16_t>(number - low);
      EXPECT_FALSE(received.contains(wanted)) << wanted;
      EXPECT_LE(++asked[wanted], kSettings.max_tries) << wanted;
    }
  }
  EXPECT_GT(asked.size(), 500u);
}

}  // namespace
}  // namespace veche::rtp
