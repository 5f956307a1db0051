// SPDX-License-Identifier: Apache-2.0
// The limits of Reports: hostile RTCP, too many streams, too much to report at once; and no
// allocation.
#include <gmock/gmock.h>

#include <random>
#include <set>

#include "../../allocations.hpp"
#include "../../repetitions.hpp"
#include "reports_fixture.hpp"

namespace veche::media {
namespace {

using test::Bytes;
using test::Written;
using testing::IsEmpty;
using testing::SizeIs;
using veche::test::allocations;

class ReportsBoundsTest : public test::ReportsTest {
 protected:
  static constexpr size_t kMaxSources = 8;

  /// With everything that can be negotiated.
  void start_all(uint32_t slot_count) {
    start({.ssrc = kSlot, .transport_cc = kTransportCc, .nack = true}, slot_count);
  }
  Bytes compound() {
    Bytes memory(512);
    rtp::RtcpWriter writer(memory);
    const std::array blocks{rtp::ReportBlock{.ssrc = kSlot, .cumulative_lost = 9},
                            rtp::ReportBlock{.ssrc = kSlot + 1, .jitter = 1000}};
    const std::array<uint16_t, 3> sequences{1, 2, 20};
    writer.add_sender_report(kTrack, {.ntp = 1u << 31, .timestamp = 5}, blocks);
    writer.add_cname(kTrack, "client");
    writer.add_nack(kTrack, kSlot, sequences);
    memory.resize(writer.bytes().size());
    return memory;
  }
};

TEST_F(ReportsBoundsTest, GarbageChangesNothing) {
  start_all(1);
  receive(1);
  send(1);
  std::minstd_rand random(7);
  for (int i = 0; i < veche::test::repetitions(20'000); ++i) {
    Bytes garbage(random() % 64);
    for (uint8_t& byte : garbage) byte = static_cast<uint8_t>(random());
    if (garbage.size() > 1) garbage[1] = static_cast<uint8_t>(198 + random() % 10);
    EXPECT_THAT(hear(garbage), IsEmpty());
  }
  EXPECT_EQ(reports->quality().round_trip_ns.load(), 0);
  EXPECT_EQ(reports->quality().lost_out.load(), 0);
  EXPECT_EQ(next_report().reports.at(0).blocks.at(0).last_sender_report, 0u);
}

TEST_F(ReportsBoundsTest, DamagedReportsAreRead) {
  start_all(2);
  std::minstd_rand random(11);
  for (uint16_t i = 0; i < veche::test::repetitions(20'000); ++i) {
    pass_ms(1);
    receive(i);
    send(i);
    Bytes damaged = compound();
    damaged[random() % damaged.size()] = static_cast<uint8_t>(random());
    damaged.resize(damaged.size() - random() % 3 * (random() % damaged.size()) / 3);
    EXPECT_LE(hear(damaged).size(), 34u) << "no more than it can ask for";
    EXPECT_LE(write().size, Reports::kMaxSize);
  }
  EXPECT_LE(reports->quality().jitter_out_ns.load(), rtp::SenderStatistics::kMaxJitterNs);
  EXPECT_LE(reports->quality().round_trip_ns.load(), rtp::SenderStatistics::kMaxRoundTripNs);
}

TEST_F(ReportsBoundsTest, ReportsAboutOthersCountForNothing) {
  start_all(1);
  receive(1);
  send(1);
  hear_sender_report(uint64_t{1} << 40, 0, kTrack + 1);
  hear_sender_report(uint64_t{1} << 40, 0, kSlot);
  hear_block({.ssrc = kTrack, .cumulative_lost = 7, .highest_sequence = 1, .jitter = 7});
  hear_block({.ssrc = kSlot + 1, .cumulative_lost = 7, .highest_sequence = 1, .jitter = 7});
  hear_block({.ssrc = kSlot, .cumulative_lost = 7, .highest_sequence = 2, .jitter = 7});
  EXPECT_EQ(reports->quality().lost_out.load(), 0) << "the last is about what was never sent";
  EXPECT_EQ(reports->quality().jitter_out_ns.load(), 0);
  EXPECT_EQ(next_report().reports.at(0).blocks.at(0).last_sender_report, 0u);
}

TEST_F(ReportsBoundsTest, OfMoreStreamsThanItKeepsTheOldestGetNoReport) {
  constexpr uint32_t kMore = 4;
  start_all(0);
  for (uint32_t i = 0; i < kMaxSources + kMore; ++i) {
    receive(1, kTrack + i);
    receive(5, kTrack + i);
  }
  pass_ms(20);
  EXPECT_THAT(write().nacks, SizeIs(kMaxSources));
  const Written written = next_report();
  ASSERT_THAT(written.reports, SizeIs(1));
  ASSERT_THAT(written.reports[0].blocks, SizeIs(kMaxSources));
  for (uint32_t i = 0; i < kMaxSources; ++i) {
    EXPECT_EQ(written.reports[0].blocks[i].ssrc, kTrack + i + (i < kMore ? kMaxSources : 0));
  }
  EXPECT_EQ(reports->quality().lost_in.load(), int64_t{kMaxSources + kMore} * 3) << "of all";
  EXPECT_EQ(reports->quality().expected_in.load(), int64_t{kMaxSources + kMore} * 5);
  const Bytes packet = rtp::test::build({.ssrc = kTrack});
  EXPECT_EQ(reports->times(*rtp::PacketView::parse(packet), 42).capture_ns, 42);
}

TEST_F(ReportsBoundsTest, EverythingAtOnceStaysInOneDatagram) {
  start_all(16);
  for (uint32_t slot = 0; slot < 16; ++slot) send(1, kSlot + slot);
  for (uint32_t i = 0; i < kMaxSources; ++i) receive(1, kTrack + i);
  const Written all = next_report();
  EXPECT_THAT(all.reports, SizeIs(16));
  EXPECT_THAT(all.reports.at(0).blocks, SizeIs(kMaxSources));
  EXPECT_THAT(all.cnames, SizeIs(16));
}

TEST_F(ReportsBoundsTest, WhatFindsNoRoomComesWithTheNextDatagrams) {
  start_all(16);
  for (uint32_t slot = 0; slot < 16; ++slot) send(1, kSlot + slot);
  // So far apart that no two share an item of a NACK, which then has its maximum length.
  constexpr uint16_t kLosses = 32, kDistance = 18, kLast = kLosses * kDistance + 1;
  for (uint32_t i = 0; i < kMaxSources; ++i) {
    for (uint16_t sequence = 1; sequence <= kLast; ++sequence) {
      if (sequence % kDistance != 0) receive(sequence, kTrack + i);
    }
  }
  for (uint16_t number = 0; number < 1000; number += 2) receive_numbered(1, number);
  std::map<uint32_t, std::set<uint16_t>> asked;
  std::vector<uint16_t> arrived;
  bool reported = false;
  for (int i = 0; i < 60; ++i) {
    const Written written = tick();
    reported |= written.is_regular();
    for (const auto& [ssrc, sequences] : written.nacks) {
      asked[ssrc].insert(sequences.begin(), sequences.end());
    }
    for (const auto& arrival : written.arrivals) arrived.push_back(arrival.sequence);
  }
  EXPECT_TRUE(reported);
  EXPECT_THAT(arrived, SizeIs(500));
  EXPECT_THAT(asked, SizeIs(kMaxSources));
  for (const auto& [ssrc, sequences] : asked) EXPECT_THAT(sequences, SizeIs(kLosses)) << ssrc;
}

TEST_F(ReportsBoundsTest, NothingIsAllocatedAfterTheConstructor) {
  start_all(16);
  const Bytes packet = rtp::test::build(
      {.ssrc = kTrack, .extension_profile = 0xbede, .extensions = {kTransportCc << 4 | 1, 0, 0}});
  Bytes received = packet, sent = packet;
  const Bytes heard = compound();
  std::array<uint8_t, Reports::kMaxSize> memory;
  size_t resent = 0, written = 0;
  const int before = allocations();
  for (uint16_t i = 0; i < 2000; ++i) {
    now_ns += kFrameNs;
    received[3] = static_cast<uint8_t>(i);
    sent[3] = static_cast<uint8_t>(i / 16);
    received[18] = static_cast<uint8_t>(i);
    received[11] = static_cast<uint8_t>(kTrack + i % 12);
    sent[11] = static_cast<uint8_t>(kSlot + i % 16);
    const auto view = *rtp::PacketView::parse(received);
    const PacketTimes times = reports->times(view, now_ns);
    if (i % 5 != 0) reports->on_received(view, now_ns);
    reports->on_sent(i % 16, *rtp::PacketView::parse(sent), sent, times.capture_ns);
    reports->on_rtcp(heard, now_ns, [&resent](std::span<const uint8_t>) { ++resent; });
    written += reports->write(now_ns, memory).size();
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_GT(resent, 10u);
  EXPECT_GT(written, 10'000u);
}

}  // namespace
}  // namespace veche::media
