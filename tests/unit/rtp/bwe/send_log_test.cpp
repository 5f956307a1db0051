// SPDX-License-Identifier: Apache-2.0
// What the server sent is matched with feedback: right, late, lost, repeated, wrapped and invented.
#include "rtp/bwe/send_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "../../allocations.hpp"
#include "feedback_builder.hpp"

namespace veche::rtp {
namespace {

using test::Feedback;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr int64_t kStepUs = 20'000;
constexpr int64_t kWayUs = 50'000;
constexpr std::optional<int64_t> kMissing;

/// A log, and what it told: the number and the fate of each result, in order.
class Sender {
 public:
  explicit Sender(uint16_t first = 0) : log(first) {}

  /// Packets every 20 ms. Returns the number of the first.
  uint16_t send(size_t count) {
    const uint16_t first = log.add(100, now_us);
    for (size_t i = 1; i < count; ++i) log.add(100, now_us += kStepUs);
    now_us += kStepUs;
    return first;
  }
  std::vector<std::pair<int, PacketFate>> hear(const Feedback& feedback) {
    const auto body = feedback.body();
    const auto reader = test::parse(body);
    EXPECT_TRUE(reader.has_value());
    results = log.on_feedback(*reader, *room);
    std::vector<std::pair<int, PacketFate>> told;
    for (const PacketResult& result : results) told.emplace_back(result.sequence, result.fate);
    return told;
  }

  SendLog log;
  int64_t now_us = 1'000'000;
  std::unique_ptr<SendLog::Results> room = std::make_unique<SendLog::Results>();
  std::span<const PacketResult> results;
};

/// The time at which packet `index` arrives, for packets of Sender::send().
int64_t arrival_us(int64_t index) { return 1'000'000 + index * kStepUs + kWayUs; }

TEST(SendLog, NumbersPacketsAndTellsWhenTheyArrived) {
  Sender sender;
  EXPECT_EQ(sender.log.add(120, 1'000'000), 0);
  EXPECT_EQ(sender.log.add(280, 1'020'000, 7), 1);
  EXPECT_THAT(sender.hear({.base = 0, .arrivals = {1'050'000, 1'071'000}}),
              ElementsAre(Pair(0, PacketFate::Received), Pair(1, PacketFate::Received)));
  EXPECT_EQ(sender.results[1].sent_us, 1'020'000);
  EXPECT_EQ(sender.results[1].arrival_us, 1'071'000);
  EXPECT_EQ(sender.results[1].size, 280);
  EXPECT_EQ(sender.results[1].cluster, 7);
}

TEST(SendLog, StartsAtAnyNumberAlsoAbove32768) {  // str0m 717
  for (const uint16_t first : {0, 1, 32767, 32768, 40000, 65534, 65535}) {
    Sender sender(first);
    EXPECT_EQ(sender.send(3), first);
    const auto second = static_cast<uint16_t>(first + 1), third = static_cast<uint16_t>(first + 2);
    EXPECT_THAT(
        sender.hear({.base = first, .arrivals = {arrival_us(0), arrival_us(1), arrival_us(2)}}),
        ElementsAre(Pair(first, PacketFate::Received), Pair(second, PacketFate::Received),
                    Pair(third, PacketFate::Received)));
  }
}

TEST(SendLog, NumbersWrapAt16Bits) {
  Sender sender(60000);
  uint16_t base = 60000;
  for (int64_t index = 0; index < 150'000; index += 10) {
    ASSERT_EQ(sender.send(10), base);
    Feedback feedback{.base = base, .count = static_cast<uint8_t>(index / 10)};
    for (int64_t i = index; i < index + 10; ++i) feedback.arrivals.push_back(arrival_us(i));
    ASSERT_EQ(sender.hear(feedback).size(), 10u);
    ASSERT_EQ(sender.results[9].sent_us, 1'000'000 + (index + 9) * kStepUs);
    ASSERT_EQ(sender.results[9].arrival_us - sender.results[9].sent_us, kWayUs);
    base = static_cast<uint16_t>(base + 10);
  }
  EXPECT_EQ(sender.log.feedback_lost(), 0u);
}

TEST(SendLog, TellsEachPacketOnce) {
  Sender sender;
  sender.send(2);
  const Feedback feedback{.base = 0, .arrivals = {arrival_us(0), arrival_us(1)}};
  EXPECT_EQ(sender.hear(feedback).size(), 2u);
  EXPECT_THAT(sender.hear(feedback), IsEmpty());
}

TEST(SendLog, AMissingPacketIsLostWhenPacketsWellBehindItArrived) {
  Sender sender;
  sender.send(5);
  EXPECT_THAT(sender.hear({.base = 0, .arrivals = {arrival_us(0), kMissing, arrival_us(2)}}),
              ElementsAre(Pair(0, PacketFate::Received), Pair(2, PacketFate::Received)));
  EXPECT_THAT(sender.hear({.base = 3, .arrivals = {arrival_us(3), arrival_us(4)}, .count = 1}),
              ElementsAre(Pair(3, PacketFate::Received), Pair(4, PacketFate::Received),
                          Pair(1, PacketFate::Lost)));
}

TEST(SendLog, AnOvertakenPacketIsNotLost) {  // mediasoup 1059
  Sender sender;
  sender.send(6);
  sender.hear({.base = 0, .arrivals = {arrival_us(0), kMissing, arrival_us(2)}});
  // The next feedback begins at the late packet again; what was reported before counts as missing.
  EXPECT_THAT(sender.hear({.base = 1,
                           .arrivals = {arrival_us(3), kMissing, arrival_us(3), arrival_us(4)},
                           .count = 1}),
              ElementsAre(Pair(1, PacketFate::Received), Pair(3, PacketFate::Received),
                          Pair(4, PacketFate::Received)));
}

TEST(SendLog, ALostPacketThatArrivesIsRecovered) {
  Sender sender;
  sender.send(8);
  sender.hear({.base = 0,
               .arrivals = {arrival_us(0), kMissing, arrival_us(2), arrival_us(3), arrival_us(4)}});
  EXPECT_THAT(sender.hear({.base = 1, .arrivals = {arrival_us(6)}, .count = 1}),
              ElementsAre(Pair(1, PacketFate::Recovered)));
}

TEST(SendLog, APacketThatIsSentAgainWasLostAndSaysNothingMore) {
  Sender sender;
  sender.send(8);
  const auto lost = sender.log.on_resent(1);
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->sequence, 1);
  EXPECT_EQ(lost->fate, PacketFate::Lost);
  EXPECT_FALSE(sender.log.on_resent(1));
  EXPECT_FALSE(sender.log.on_resent(500));  // It was never sent.
  // Its arrival would be that of the second time.
  EXPECT_THAT(sender.hear({.base = 0, .arrivals = {arrival_us(0), arrival_us(9), arrival_us(2)}}),
              ElementsAre(Pair(0, PacketFate::Received), Pair(2, PacketFate::Received)));
  EXPECT_FALSE(sender.log.on_resent(2));  // It has arrived.
  EXPECT_THAT(sender.hear({.base = 3, .arrivals = {arrival_us(3), arrival_us(6)}, .count = 1}),
              ElementsAre(Pair(3, PacketFate::Received), Pair(4, PacketFate::Received)));
}

TEST(SendLog, AbsentFeedbackMakesPacketsUnknownNeverLost) {
  Sender sender;
  sender.send(12);
  sender.hear({.base = 0, .arrivals = {arrival_us(0), arrival_us(1)}});
  const auto told = sender.hear(
      {.base = 6,
       .arrivals = {arrival_us(6), arrival_us(7), arrival_us(8), arrival_us(9), arrival_us(10)},
       .count = 2});
  EXPECT_TRUE(sender.results[0].follows_gap);
  EXPECT_FALSE(sender.results[1].follows_gap);
  const std::vector<std::pair<int, PacketFate>> unknown(told.begin() + 5, told.end());
  EXPECT_THAT(unknown, ElementsAre(Pair(2, PacketFate::Unknown), Pair(3, PacketFate::Unknown),
                                   Pair(4, PacketFate::Unknown), Pair(5, PacketFate::Unknown)));
  EXPECT_EQ(sender.log.feedback_lost(), 1u);
  // The feedback was only late.
  EXPECT_THAT(sender.hear({.base = 2, .arrivals = {arrival_us(2), kMissing}, .count = 1}),
              ElementsAre(Pair(2, PacketFate::Received)));
  EXPECT_EQ(sender.log.feedback_lost(), 1u);
}

TEST(SendLog, IgnoresWhatWasNeverSent) {
  Sender sender(100);
  EXPECT_THAT(sender.hear({.base = 100, .arrivals = {arrival_us(0)}}), IsEmpty());
  sender.send(2);
  EXPECT_THAT(sender.hear({.base = 98,
                           .arrivals = {arrival_us(0), arrival_us(0), arrival_us(0), arrival_us(1),
                                        arrival_us(2), arrival_us(3)},
                           .count = 1}),
              ElementsAre(Pair(100, PacketFate::Received), Pair(101, PacketFate::Received)));
  EXPECT_THAT(sender.hear({.base = 40000, .arrivals = {arrival_us(0)}, .count = 2}), IsEmpty());
}

TEST(SendLog, RemembersOnlyTheNewestPackets) {
  Sender sender;
  sender.send(SendLog::kPackets + 1);
  EXPECT_THAT(sender.hear({.base = 0, .arrivals = {arrival_us(0), arrival_us(1)}}),
              ElementsAre(Pair(1, PacketFate::Received)));
}

TEST(SendLog, APauseForgetsWhatWasSentBefore) {
  Sender sender;
  sender.send(2);
  sender.now_us += SendLog::kPauseUs;
  sender.send(1);
  EXPECT_THAT(sender.hear({.base = 0, .arrivals = {arrival_us(0), arrival_us(1), arrival_us(2)}}),
              ElementsAre(Pair(2, PacketFate::Received)));
  EXPECT_EQ(sender.results[0].sent_us, sender.now_us - kStepUs);
}

TEST(SendLog, ReferenceTimesWrapAt24Bits) {
  const int64_t turn_us = (int64_t{1} << 24) * TransportFeedbackReader::kReferenceUs;
  // The reader's reference is signed: the turn is at half of it, and at its end.
  for (const int64_t near_us : {turn_us / 2, turn_us}) {
    Sender other;
    other.send(2);
    other.hear({.base = 0, .arrivals = {near_us - 10'000}});
    const int64_t first_us = other.results[0].arrival_us;
    other.hear({.base = 1, .arrivals = {near_us + 70'000 - turn_us}, .count = 1});
    EXPECT_EQ(other.results[0].arrival_us - first_us, 80'000);
  }
}

TEST(SendLog, CountsOfFeedbackWrapAt8Bits) {
  Sender sender;
  sender.send(3);
  sender.hear({.base = 0, .arrivals = {arrival_us(0)}, .count = 254});
  sender.hear({.base = 1, .arrivals = {arrival_us(1)}, .count = 1});
  EXPECT_EQ(sender.log.feedback_lost(), 2u);
}

TEST(SendLog, SurvivesAnyFeedback) {
  std::mt19937 random(7);
  Sender sender(static_cast<uint16_t>(random()));
  for (int round = 0; round < 3000; ++round) {
    sender.send(1 + random() % 5);
    std::vector<uint8_t> body(16 + random() % 60);
    for (uint8_t& byte : body) byte = static_cast<uint8_t>(random());
    if (random() % 2 == 0) {  // Near what was sent.
      write_u16(&body[8], static_cast<uint16_t>(sender.log.add(90, sender.now_us) - random() % 40));
      write_u16(&body[10], static_cast<uint16_t>(1 + random() % 30));
    }
    const auto reader = test::parse(body);
    if (!reader) continue;
    const auto results = sender.log.on_feedback(*reader, *sender.room);
    ASSERT_LE(results.size(), SendLog::kPackets);
    for (const PacketResult& result : results) {
      ASSERT_LE(result.sent_us, sender.now_us);
      ASSERT_GE(result.sent_us, 0);
    }
  }
}

TEST(SendLog, AllocatesNothing) {
  Sender sender;
  const auto body =
      Feedback{.base = 0, .arrivals = {arrival_us(0), kMissing, arrival_us(2)}}.body();
  const int before = veche::test::allocations();
  for (int i = 0; i < 2000; ++i) sender.log.add(100, i * kStepUs);
  const auto results = sender.log.on_feedback(*test::parse(body), *sender.room);
  EXPECT_EQ(veche::test::allocations(), before);
  EXPECT_THAT(results, IsEmpty());
  static_assert(sizeof(SendLog) < 9000, "a session has one");
}

}  // namespace
}  // namespace veche::rtp
