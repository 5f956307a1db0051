// SPDX-License-Identifier: Apache-2.0
// Reports, feedback and resending allocate nothing after the constructors.
#include <gtest/gtest.h>

#include <array>

#include "../allocations.hpp"
#include "rtcp_samples.hpp"
#include "rtcp_touch.hpp"
#include "rtp/rtcp/capture_clock.hpp"
#include "rtp/rtcp/nack_generator.hpp"
#include "rtp/rtcp/packet_cache.hpp"
#include "rtp/rtcp/receiver_statistics.hpp"
#include "rtp/rtcp/sender_statistics.hpp"
#include "rtp/rtcp/transport_feedback.hpp"

namespace veche::rtp {
namespace {

using veche::test::allocations;

TEST(RtcpPath, AllocatesNothing) {
  ReceiverStatistics receiver(1, 48000);
  SenderStatistics sender(2, 48000);
  ParticipantClock participant;
  CaptureClock capture(48000);
  TransportFeedback feedback;
  NackGenerator nack{NackSettings{}};
  PacketCache cache(1000, 16);
  const NtpClock clock(0, 0);
  std::array<uint8_t, 1200> memory{};
  std::array<uint16_t, 16> asked{};
  const int before = allocations();
  size_t understood = 0;
  for (uint16_t i = 0; i < 200; i = static_cast<uint16_t>(i + 1 + i % 2)) {
    const int64_t now_ns = i * 20 * kNsPerMs;
    receiver.on_packet(i, i * 960u, 10, now_ns);
    receiver.on_sender_report(clock.at(now_ns), now_ns);
    participant.on_sender_report(clock.at(now_ns), now_ns);
    capture.on_packet(i, now_ns);
    capture.on_sender_report(clock.at(now_ns), i);
    sender.on_sent(i, i, 10, capture.capture_ns(i, participant));
    feedback.record(i, now_ns);
    nack.on_packet(0x10000u + i, now_ns);
    cache.store(i, std::span(memory).first(100));
    cache.resend(i, now_ns, 0);

    RtcpWriter writer(memory);
    const std::array blocks{receiver.make_report(now_ns)};
    sender.on_report(blocks[0], clock, now_ns);
    writer.add_sender_report(2, sender.make_info(clock, now_ns), blocks);
    writer.add_cname(2, "name");
    const size_t missing = nack.collect(now_ns + 30 * kNsPerMs, 0, asked);
    writer.add_nack(2, 1, std::span(asked).first(missing));
    feedback.write(writer, 2, 1);
    understood += test::Toucher().touch(writer.bytes());
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_GT(understood, 300u);
}

}  // namespace
}  // namespace veche::rtp
