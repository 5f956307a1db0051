// SPDX-License-Identifier: Apache-2.0
// Transport-cc: Chromium's feedback is read, and the server's reports what arrived and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/time.hpp"
#include "rtcp_samples.hpp"
#include "rtp/rtcp/transport_feedback.hpp"
#include "rtp/rtcp/transport_feedback_reader.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using test::from_hex;
using test::packets_of;
using testing::ElementsAre;
using Arrival = TransportFeedbackReader::Arrival;

constexpr int64_t kTickNs = 250'000;

std::vector<Arrival> arrivals_of(TransportFeedbackReader reader, int64_t origin_us) {
  std::vector<Arrival> arrivals;
  while (const auto arrival = reader.next()) {
    arrivals.push_back({arrival->sequence, arrival->time_us - origin_us});
  }
  return arrivals;
}

std::optional<TransportFeedbackReader> read(const Bytes& datagram) {
  return TransportFeedbackReader::parse(packets_of(datagram).at(0));
}

TEST(RtcpTransportFeedbackReader, ReadsARunOfChromium) {
  const auto feedback = read(test::kFeedbackRun);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->sender_ssrc(), 0x6703c412u);
  EXPECT_EQ(feedback->media_ssrc(), 0xd85645b5u);
  EXPECT_EQ(feedback->base_sequence(), 0);
  EXPECT_EQ(feedback->status_count(), 3);
  EXPECT_EQ(feedback->feedback_count(), 0);
  EXPECT_EQ(feedback->reference_us(), 188894 * int64_t{64'000});
  EXPECT_THAT(arrivals_of(*feedback, feedback->reference_us()),
              ElementsAre(Arrival{0, 43750}, Arrival{1, 64750}, Arrival{2, 69750}));
}

TEST(RtcpTransportFeedbackReader, ReadsVectorsAndNegativeDeltasOfChromium) {
  const auto feedback = read(test::kFeedbackVectors);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->feedback_count(), 154);
  EXPECT_THAT(arrivals_of(*feedback, feedback->reference_us()),
              ElementsAre(Arrival{1168, 16250}, Arrival{1169, -32750}, Arrival{1170, -12000},
                          Arrival{1171, -11250}, Arrival{1172, -10500}, Arrival{1173, -10500},
                          Arrival{1174, 6500}, Arrival{1175, 22000}, Arrival{1176, 87500},
                          Arrival{1177, 47000}, Arrival{1178, 55750}, Arrival{1179, 66500},
                          Arrival{1180, 87500}, Arrival{1181, 89250}, Arrival{1182, 106500}));
}

TEST(RtcpTransportFeedbackReader, LeavesOutWhatChromiumMissed) {
  const auto feedback = read(test::kFeedbackWithLoss);
  ASSERT_TRUE(feedback);
  const auto arrivals = arrivals_of(*feedback, feedback->reference_us());
  ASSERT_EQ(arrivals.size(), 17u);
  EXPECT_EQ(arrivals[14], (Arrival{1197, 225000}));
  EXPECT_EQ(arrivals[15], (Arrival{1199, 258250}));
  EXPECT_EQ(arrivals[16], (Arrival{1200, 262750}));
}

TEST(RtcpTransportFeedbackReader, GoesOverThousandsOfMissingPacketsInAFewSteps) {
  // 8 runs of 8191 missing ones; the last number of all has arrived, in a vector.
  const Bytes datagram = from_hex(
      "8fcd000900000001000000020000fff9000000001fff1fff1fff1fff1fff1fff1fff1fff"
      "a0000100");
  const auto feedback = read(datagram);
  ASSERT_TRUE(feedback);
  EXPECT_THAT(arrivals_of(*feedback, 0), ElementsAre(Arrival{65528, 250}));
}

TEST(RtcpTransportFeedbackReader, RefusesWhatIsBroken) {
  const char* const kHeader = "8fcd00050000000100000002";
  EXPECT_TRUE(read(from_hex(std::string(kHeader) + "000000010000000020010000")));
  for (const char* rest : {"000000000000000020010000",     // No status.
                           "000000030000000020030000",     // Three deltas, two bytes.
                           "000000020000000040020000",     // Two large deltas.
                           "000000010000000060010000",     // A run of the reserved status.
                           "0000000100000000f0000000",     // It in a vector.
                           "000000090000000000010002",     // Chunks for three of nine.
                           "000000010000000020000000"}) {  // A run of length 0, and nothing else.
    EXPECT_FALSE(read(from_hex(std::string(kHeader) + rest))) << rest;
  }
}

TEST(RtcpTransportFeedbackReader, TakesABroadVectorForFewPackets) {
  const Bytes datagram = from_hex("8fcd000500000001000000020005000200000000bfff0102");
  const auto feedback = read(datagram);
  ASSERT_TRUE(feedback);
  EXPECT_THAT(arrivals_of(*feedback, 0), ElementsAre(Arrival{5, 250}, Arrival{6, 750}));
}

/// What the sender would know after reading all pending feedback.
struct Told {
  std::map<uint32_t, int64_t> arrivals_us;
  size_t packets = 0;
};

Told tell(TransportFeedback& feedback, size_t room = 1200) {
  Told told;
  std::vector<uint8_t> memory(room);
  for (;;) {
    RtcpWriter writer(memory);
    if (!feedback.write(writer, 1, 2)) return told;
    RtcpReader datagram(writer.bytes());
    const auto packet = datagram.next();
    auto reader = TransportFeedbackReader::parse(*packet);
    EXPECT_TRUE(reader);
    EXPECT_FALSE(datagram.next());
    EXPECT_FALSE(datagram.refused());
    ++told.packets;
    while (const auto arrival = reader->next()) {
      told.arrivals_us[arrival->sequence] = arrival->time_us;
    }
  }
}

TEST(RtcpTransportFeedback, SaysNothingWhenNothingCame) {
  TransportFeedback feedback;
  EXPECT_FALSE(feedback.pending());
  EXPECT_EQ(tell(feedback).packets, 0u);
  feedback.record(1, 0);
  EXPECT_TRUE(feedback.pending());
  EXPECT_EQ(tell(feedback).packets, 1u);
  EXPECT_FALSE(feedback.pending());
}

TEST(RtcpTransportFeedback, WritesTheBytesOfTheDraft) {
  TransportFeedback feedback;
  const int64_t origin = int64_t{0x123456} * 64 * kNsPerMs;
  feedback.record(10, origin + 4 * kTickNs);
  feedback.record(11, origin + 5 * kTickNs);
  feedback.record(13, origin + 3 * kTickNs);
  std::array<uint8_t, 400> memory{};
  RtcpWriter writer(memory);
  ASSERT_TRUE(feedback.write(writer, 1, 2));
  // Statuses 1 1 0 2 as a vector of two bits; deltas 4, 1 and -2.
  EXPECT_EQ(Bytes(writer.bytes().begin(), writer.bytes().end()),
            from_hex("afcd00060000000100000002000a000412345600d480"
                     "0401fffe0002"));
}

TEST(RtcpTransportFeedback, CountsItsPackets) {
  TransportFeedback feedback;
  std::array<uint8_t, 400> memory{};
  for (int i = 0; i < 300; ++i) {
    feedback.record(static_cast<uint16_t>(i), i * kNsPerMs);
    RtcpWriter writer(memory);
    ASSERT_TRUE(feedback.write(writer, 1, 2));
    RtcpReader datagram(writer.bytes());
    EXPECT_EQ(TransportFeedbackReader::parse(*datagram.next())->feedback_count(), i % 256);
  }
}

TEST(RtcpTransportFeedback, GoesOnWhereItEnded) {
  TransportFeedback feedback;
  feedback.record(65535, 0);
  EXPECT_EQ(tell(feedback).arrivals_us.size(), 1u);
  feedback.record(1, kNsPerMs);
  std::array<uint8_t, 400> memory{};
  RtcpWriter writer(memory);
  ASSERT_TRUE(feedback.write(writer, 1, 2));
  RtcpReader datagram(writer.bytes());
  const auto reader = TransportFeedbackReader::parse(*datagram.next());
  EXPECT_EQ(reader->base_sequence(), 0);  // It is reported as missing.
  EXPECT_EQ(reader->status_count(), 2);
}

TEST(RtcpTransportFeedback, TellsALatePacketAfterwards) {
  TransportFeedback feedback;
  for (const int sequence : {1, 2, 4}) feedback.record(static_cast<uint16_t>(sequence), 0);
  EXPECT_EQ(tell(feedback).arrivals_us.size(), 3u);
  feedback.record(3, 20 * kNsPerMs);
  EXPECT_EQ(tell(feedback).arrivals_us, (std::map<uint32_t, int64_t>{{3, 20'000}, {4, 0}}));
  EXPECT_FALSE(feedback.pending());
}

TEST(RtcpTransportFeedback, TakesTheFirstOfDuplicates) {
  TransportFeedback feedback;
  feedback.record(1, 0);
  feedback.record(1, kNsPerMs);
  EXPECT_EQ(tell(feedback).arrivals_us, (std::map<uint32_t, int64_t>{{1, 0}}));
  feedback.record(1, kNsPerMs);
  EXPECT_FALSE(feedback.pending());
}

TEST(RtcpTransportFeedback, StartsAgainAfterALongGap) {
  TransportFeedback feedback;
  feedback.record(1, 0);
  feedback.record(20000, kNsPerMs);
  EXPECT_EQ(tell(feedback).arrivals_us, (std::map<uint32_t, int64_t>{{20000, 1000}}));
  feedback.record(2, kNsPerMs);  // Too late.
  EXPECT_FALSE(feedback.pending());
}

TEST(RtcpTransportFeedback, NeedsNoMoreThanTheLeastRoomForTheLongestGap) {
  TransportFeedback feedback;
  feedback.record(0, 0);
  tell(feedback);
  feedback.record(TransportFeedback::kWindow, kNsPerS);
  std::array<uint8_t, TransportFeedback::kMinRoom> memory{};
  RtcpWriter too_small{std::span(memory).first(TransportFeedback::kMinRoom - 1)};
  EXPECT_FALSE(feedback.write(too_small, 1, 2));
  RtcpWriter writer(memory);
  EXPECT_TRUE(feedback.write(writer, 1, 2));
  EXPECT_FALSE(feedback.pending());
}

TEST(RtcpTransportFeedback, TellsAFullWindowWhateverTheRoom) {
  for (size_t room = TransportFeedback::kMinRoom; room < 1300; room += 7) {
    std::mt19937 random(1);
    TransportFeedback feedback;
    std::map<uint32_t, int64_t> expected;
    int64_t ticks = 0;
    for (uint16_t i = 0; i < TransportFeedback::kWindow; ++i) {
      ticks += random() % 2 * 300;  // Small and large deltas, in no order.
      if (random() % 4 == 0) continue;
      feedback.record(i, ticks * kTickNs);
      expected[i] = ticks * kTickNs / 1000;
    }
    EXPECT_EQ(tell(feedback, room).arrivals_us, expected) << room;
  }
}

TEST(RtcpTransportFeedback, BeginsAnotherPacketWhereADeltaDoesNotFit) {
  TransportFeedback feedback;
  feedback.record(1, 0);
  feedback.record(2, 60 * kNsPerS);
  const Told told = tell(feedback);
  EXPECT_EQ(told.packets, 2u);
  EXPECT_EQ(told.arrivals_us, (std::map<uint32_t, int64_t>{{1, 0}, {2, 60'000'000}}));
}

TEST(RtcpTransportFeedback, KeepsTimeWhenTheReferenceTimeWraps) {
  TransportFeedback feedback;
  const int64_t wrap_ns = (int64_t{1} << 24) * 64 * kNsPerMs;
  feedback.record(1, wrap_ns - kNsPerMs);
  feedback.record(2, wrap_ns + kNsPerMs);
  const Told told = tell(feedback);
  EXPECT_EQ(told.packets, 1u);
  EXPECT_EQ(told.arrivals_us.at(2) - told.arrivals_us.at(1), 2000);
}

TEST(RtcpTransportFeedback, TellsWhateverHappensOnTheWay) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    TransportFeedback feedback;
    const auto first = static_cast<uint16_t>(random());
    const uint32_t loss = random() % 60;
    const uint32_t spread_ms = random() % 40;
    int64_t origin_ns = static_cast<int64_t>(random()) * kTickNs;
    // In the order of arrival in a network that reorders.
    std::multimap<int64_t, uint16_t> on_the_way;
    std::map<uint32_t, int64_t> expected;
    for (uint16_t i = 0; i < 600; ++i) {
      if (random() % 100 < loss) continue;
      const int64_t ticks = i * int64_t{20} + static_cast<int64_t>(random() % (4 * spread_ms + 1));
      const auto sequence = static_cast<uint16_t>(first + i);
      on_the_way.emplace(origin_ns + ticks * kTickNs, sequence);
      expected[sequence] = ticks * kTickNs / 1000;
    }
    std::map<uint32_t, int64_t> told;
    int64_t sent_ns = origin_ns;
    for (const auto& [time_ns, sequence] : on_the_way) {
      feedback.record(sequence, time_ns);
      if (time_ns - sent_ns < static_cast<int64_t>(random() % 200) * kNsPerMs) continue;
      sent_ns = time_ns;
      told.merge(tell(feedback, TransportFeedback::kMinRoom + random() % 900).arrivals_us);
    }
    told.merge(tell(feedback).arrivals_us);
    ASSERT_EQ(told.size(), expected.size());
    const int64_t wrap_us = (int64_t{1} << 24) * 64'000;
    for (const auto& [sequence, time_us] : told) {
      const int64_t since = time_us - origin_ns / 1000 - expected.at(sequence);
      EXPECT_EQ(since % wrap_us, 0) << sequence;
    }
  }
}

}  // namespace
}  // namespace veche::rtp
