// SPDX-License-Identifier: Apache-2.0
// CaptureClock and ParticipantClock: a publisher's timing survives the way to a slot.
#include <gtest/gtest.h>

#include "rtp/rtcp/capture_clock.hpp"
#include "rtp/rtcp/ntp.hpp"
#include "rtp/rtcp/sender_statistics.hpp"
#include "slot_stream.hpp"

namespace veche::rtp {
namespace {

constexpr int64_t kPublisherNs = 3'900'000'000 * kNsPerS;  ///< The publisher's time at our 0.
constexpr uint32_t kAudioRate = 48000;
constexpr uint32_t kVideoRate = 90000;

uint64_t publisher_ntp(int64_t at_ns) { return ns_to_ntp(kPublisherNs + at_ns); }

/// Rounding of NTP's fraction and of timestamps.
void expect_near(int64_t actual_ns, int64_t expected_ns) {
  EXPECT_NEAR(static_cast<double>(actual_ns - expected_ns), 0, 100'000);
}

TEST(RtcpParticipantClock, TakesTheReportThatCameFastest) {
  ParticipantClock clock;
  EXPECT_FALSE(clock.offset_ns());
  clock.on_sender_report(publisher_ntp(0), 50 * kNsPerMs);
  clock.on_sender_report(publisher_ntp(1000 * kNsPerMs), 1020 * kNsPerMs);
  clock.on_sender_report(publisher_ntp(2000 * kNsPerMs), 2090 * kNsPerMs);
  expect_near(*clock.offset_ns(), 20 * kNsPerMs - kPublisherNs);
}

TEST(RtcpParticipantClock, ForgetsAfterTwoWindows) {
  ParticipantClock clock;
  clock.on_sender_report(publisher_ntp(0), 10 * kNsPerMs);
  // The route has become longer, or the clocks drift.
  for (int64_t s = 1; s <= 61; ++s) {
    clock.on_sender_report(publisher_ntp(s * kNsPerS), s * kNsPerS + 40 * kNsPerMs);
    if (s == 59) expect_near(*clock.offset_ns(), 10 * kNsPerMs - kPublisherNs);
  }
  expect_near(*clock.offset_ns(), 40 * kNsPerMs - kPublisherNs);
}

TEST(RtcpParticipantClock, BeginsAnewWhenTheClockWasPutRight) {
  for (const int64_t step_s : {-3600, 3600}) {
    ParticipantClock clock;
    clock.on_sender_report(publisher_ntp(0), 10 * kNsPerMs);
    clock.on_sender_report(publisher_ntp((1 + step_s) * kNsPerS), kNsPerS + 30 * kNsPerMs);
    expect_near(*clock.offset_ns(), 30 * kNsPerMs - kPublisherNs - step_s * kNsPerS);
  }
}

TEST(RtcpParticipantClock, KnowsThatZeroIsNoTime) {
  ParticipantClock clock;
  clock.on_sender_report(0, 10 * kNsPerMs);
  EXPECT_FALSE(clock.offset_ns());
}

TEST(RtcpCaptureClock, GoesByArrivalWithoutAReport) {
  ParticipantClock participant;
  CaptureClock clock(kAudioRate);
  clock.on_packet(1000, 500 * kNsPerMs);
  EXPECT_EQ(clock.capture_ns(1000, participant), 500 * kNsPerMs);
  EXPECT_EQ(clock.capture_ns(1000 + 960, participant), 520 * kNsPerMs);
  EXPECT_EQ(clock.capture_ns(1000 - 960, participant), 480 * kNsPerMs);
}

TEST(RtcpCaptureClock, GoesByTheReport) {
  ParticipantClock participant;
  CaptureClock clock(kAudioRate);
  clock.on_sender_report(publisher_ntp(0), 1000);
  participant.on_sender_report(publisher_ntp(0), 20 * kNsPerMs);
  // Captured after 100 ms, it arrives with much jitter.
  clock.on_packet(1000 + 4800, 190 * kNsPerMs);
  expect_near(clock.capture_ns(1000 + 4800, participant), 120 * kNsPerMs);
}

TEST(RtcpCaptureClock, GoesByTheReportAcrossTheWrap) {
  ParticipantClock participant;
  CaptureClock clock(kAudioRate);
  clock.on_sender_report(publisher_ntp(0), 0xffffff00);
  participant.on_sender_report(publisher_ntp(0), 0);
  clock.on_packet(0xffffff00 + 48000u, kNsPerS);
  expect_near(clock.capture_ns(0xffffff00 + 48000u, participant), kNsPerS);
}

TEST(RtcpCaptureClock, GoesByArrivalWhereTheReportIsNonsense) {
  ParticipantClock participant;
  CaptureClock clock(kAudioRate);
  participant.on_sender_report(publisher_ntp(0), 0);
  clock.on_packet(1000, 500 * kNsPerMs);
  for (const uint64_t ntp : {uint64_t{1}, ~uint64_t{0}, publisher_ntp(60 * kNsPerS)}) {
    clock.on_sender_report(ntp, 1000);
    EXPECT_EQ(clock.capture_ns(1000, participant), 500 * kNsPerMs);
  }
  clock.on_sender_report(publisher_ntp(0), 0x80000000);
  EXPECT_EQ(clock.capture_ns(1000, participant), 500 * kNsPerMs);
}

/// One published track and the slot it fills.
struct Leg {
  CaptureClock capture;
  SenderStatistics sender;
  uint32_t rate;
  uint16_t sequence = 0;
  Leg(uint32_t ssrc, uint32_t clock_rate)
      : capture(clock_rate), sender(ssrc, clock_rate), rate(clock_rate) {}
  /// A sample captured at that time, sent with `offset` added to its timestamp.
  void forward(int64_t captured_ns, int64_t arrival_ns, uint32_t first, uint32_t offset,
               const ParticipantClock& participant) {
    const uint32_t timestamp =
        first + static_cast<uint32_t>(captured_ns / kNsPerMs * (rate / 1000));
    capture.on_packet(timestamp, arrival_ns);
    sender.on_sent(++sequence, timestamp + offset, 1, capture.capture_ns(timestamp, participant));
  }
};

TEST(RtcpCaptureClock, KeepsTheTracksOfAParticipantInSync) {
  const NtpClock ours(1'700'000'000'000, 0);
  ParticipantClock participant;
  Leg audio(1, kAudioRate);
  Leg video(2, kVideoRate);
  // The reports of the two tracks take 20 and 70 ms, the packets 20 and 300.
  audio.capture.on_sender_report(publisher_ntp(0), 7000);
  participant.on_sender_report(publisher_ntp(0), 20 * kNsPerMs);
  video.capture.on_sender_report(publisher_ntp(0), 9000);
  participant.on_sender_report(publisher_ntp(0), 70 * kNsPerMs);
  audio.forward(1000 * kNsPerMs, 1020 * kNsPerMs, 7000, 111, participant);
  video.forward(900 * kNsPerMs, 1200 * kNsPerMs, 9000, 222, participant);
  // By their reports, samples of the same moment lie at the same time.
  const SenderInfo a = audio.sender.make_info(ours, 1500 * kNsPerMs);
  const SenderInfo v = video.sender.make_info(ours, 1600 * kNsPerMs);
  const uint32_t audio_at_0 = 7000 + 111;
  const uint32_t video_at_0 = 9000 + 222;
  const int64_t audio_ns = ntp_to_ns(a.ntp) - int64_t{a.timestamp - audio_at_0} * 1'000'000 / 48;
  const int64_t video_ns = ntp_to_ns(v.ntp) - int64_t{v.timestamp - video_at_0} * 1'000'000 / 90;
  expect_near(audio_ns, video_ns);
  expect_near(audio_ns, ntp_to_ns(ours.at(20 * kNsPerMs)));
}

TEST(RtcpCaptureClock, FollowsTheSlotAcrossASwitch) {
  const NtpClock ours(1'700'000'000'000, 0);
  ParticipantClock ada;
  ParticipantClock boris;
  CaptureClock of_ada(kAudioRate);
  CaptureClock of_boris(kAudioRate);
  ada.on_sender_report(publisher_ntp(0), 0);
  of_ada.on_sender_report(publisher_ntp(0), 0);
  boris.on_sender_report(publisher_ntp(5000 * kNsPerMs), 30 * kNsPerMs);
  of_boris.on_sender_report(publisher_ntp(5000 * kNsPerMs), 70000);
  test::SlotStream slot;
  SenderStatistics sender(1, kAudioRate);
  const auto forward = [&](CaptureClock& capture, const ParticipantClock& clock, uint16_t sequence,
                           uint32_t timestamp, int64_t now_ns) {
    capture.on_packet(timestamp, now_ns);
    const auto sent = slot.write({.sequence = sequence, .timestamp = timestamp}, now_ns);
    sender.on_sent(static_cast<uint16_t>(sent.sequence), static_cast<uint32_t>(sent.timestamp), 1,
                   capture.capture_ns(timestamp, clock));
    return static_cast<uint32_t>(sent.timestamp);
  };
  const auto captured_ns = [&](uint32_t slot_timestamp) {
    const SenderInfo info = sender.make_info(ours, 2000 * kNsPerMs);
    return ntp_to_ns(info.ntp) -
           int64_t{static_cast<int32_t>(info.timestamp - slot_timestamp)} * 1'000'000 / 48;
  };
  const uint32_t first = forward(of_ada, ada, 5, 1000 * 48, 1010 * kNsPerMs);
  expect_near(captured_ns(first), ntp_to_ns(ours.at(1000 * kNsPerMs)));
  slot.rewriter.switch_source();
  const uint32_t second = forward(of_boris, boris, 900, 70000 + 1500 * 48, 1590 * kNsPerMs);
  expect_near(captured_ns(second), ntp_to_ns(ours.at(1530 * kNsPerMs)));
}

}  // namespace
}  // namespace veche::rtp
