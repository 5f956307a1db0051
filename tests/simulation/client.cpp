// SPDX-License-Identifier: Apache-2.0
// What a voice client sends, and what it checks of what it gets.
#include "client.hpp"

#include <gtest/gtest.h>

#include <array>

#include "base/big_endian.hpp"
#include "media/ice/datagram.hpp"
#include "rtp/rtcp/rtcp_reader.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"

namespace veche::simulation {
namespace {

constexpr int64_t kFeedbackNs = 20 * kNsPerMs, kConsentNs = 5 * kNsPerS, kDtxNs = 400 * kNsPerMs;
constexpr int64_t kRoundTripNs = 100 * kNsPerMs;
constexpr size_t kRemembered = 500;  // Ten seconds: nothing comes later than that.
constexpr size_t kHeaderSize = 20;   // With one extension element.

}  // namespace

void Frame::write(std::span<uint8_t> out) const {
  write_u16(&out[0], client);
  write_u16(&out[2], incarnation);
  write_u32(&out[4], sequence);
  write_u64(&out[8], static_cast<uint64_t>(captured_ns));
}

Frame Frame::read(std::span<const uint8_t> payload) {
  if (payload.size() != kSize) {
    ADD_FAILURE() << "a payload of " << payload.size() << " bytes";
    return {};
  }
  return {read_u16(&payload[0]), read_u16(&payload[2]), read_u32(&payload[4]),
          static_cast<int64_t>(read_u64(&payload[8]))};
}

void Client::join(const Admission& admission, int64_t now_ns) {
  missing_before_ = missing();
  admission_ = admission;
  slots_ = std::vector<Slot>(admission.slot_count);
  sent_.clear();
  sequence_ = 0x10000u + (random_() & 0xffff);
  timestamp_ = static_cast<uint32_t>(random_());
  ssrc_ = admission_.track_ssrc;
  sequence_shift_ = 0;
  // Clients do not send in step.
  next_frame_ns_ = now_ns + static_cast<int64_t>(random_() % kFrameNs);
  next_feedback_ns_ = next_frame_ns_;
  next_consent_ns_ = now_ns;
  last_sent_ns_ = 0;
  talk_end_ns_ = 0;
  is_nominated_ = false;
}

void Client::talk_until(int64_t end_ns, int64_t now_ns) {
  talk_begin_ns_ = now_ns;
  talk_end_ns_ = end_ns;
}

void Client::change_source() {
  ++ssrc_;
  sequence_shift_ = static_cast<uint16_t>(random_());
  timestamp_ = static_cast<uint32_t>(random_());
  sent_.clear();
}

/// Speech comes in syllables: a sound that never pauses is a fan.
uint8_t Client::level(int64_t now_ns) {
  if (!talks(now_ns)) return static_cast<uint8_t>(has_dtx_ ? 127 : 88 + random_() % 4);
  constexpr int64_t kSyllableNs = 240 * kNsPerMs, kPauseNs = 60 * kNsPerMs;
  const bool pauses = (now_ns - talk_begin_ns_) % kSyllableNs >= kSyllableNs - kPauseNs;
  return static_cast<uint8_t>(pauses ? 70 : 28 + random_() % 8);
}

void Client::run(int64_t now_ns, const Send& send) {
  if (now_ns >= next_consent_ns_) {
    next_consent_ns_ = now_ns + (is_nominated_ ? kConsentNs : kFeedbackNs * 5);
    send_consent(send);
  }
  if (!is_nominated_) return;
  while (now_ns >= next_frame_ns_) {
    send_frame(next_frame_ns_, send);
    next_frame_ns_ += kFrameNs;
  }
  if (now_ns < next_feedback_ns_) return;
  next_feedback_ns_ = now_ns + kFeedbackNs;
  send_feedback(now_ns, send);
}

void Client::send_consent(const Send& send) {
  send(stun_.request({.username = "SRVR:" + admission_.ufrag, .nominates = true}));
}

void Client::send_frame(int64_t now_ns, const Send& send) {
  timestamp_ += kFrameTicks;
  if (has_dtx_ && !talks(now_ns) && now_ns - last_sent_ns_ < kDtxNs) return;
  last_sent_ns_ = now_ns;
  std::array<uint8_t, kHeaderSize + Frame::kSize> packet{};
  packet[0] = 0x90;
  packet[1] = kPayloadType;
  const auto number = static_cast<uint16_t>(++sequence_ + sequence_shift_);
  write_u16(&packet[2], number);
  write_u32(&packet[4], timestamp_);
  write_u32(&packet[8], ssrc_);
  write_u32(&packet[12], 0xBEDE0001);
  packet[16] = kLevelExtension << 4;
  packet[17] = level(now_ns);
  Frame{number_, admission_.incarnation, sequence_, now_ns}.write(
      std::span(packet).subspan(kHeaderSize));
  sent_.store(number, packet);
  send(packet);
}

void Client::send_feedback(int64_t now_ns, const Send& send) {
  std::array<uint8_t, 1200> memory;
  rtp::RtcpWriter writer(memory);
  std::array<uint16_t, 32> wanted;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const size_t count = slots_[i].nacks.collect(now_ns, kRoundTripNs, wanted);
    if (count == 0) continue;
    if (writer.bytes().empty()) writer.add_receiver_report(admission_.track_ssrc, {});
    writer.add_nack(admission_.track_ssrc, admission_.first_slot_ssrc + static_cast<uint32_t>(i),
                    {wanted.data(), count});
  }
  if (!writer.bytes().empty()) send(writer.bytes());
}

void Client::receive(std::span<const uint8_t> datagram, int64_t now_ns, const Send& send,
                     const Hear& hear) {
  switch (media::classify(datagram)) {
    case media::DatagramKind::Stun: is_nominated_ = true; break;
    case media::DatagramKind::Srtcp: on_rtcp(datagram, now_ns, send); break;
    case media::DatagramKind::Srtp: {
      const auto packet = rtp::PacketView::parse(datagram);
      ASSERT_TRUE(packet);
      on_rtp(*packet, now_ns, hear);
      break;
    }
    default: FAIL() << "client " << number_ << " gets what is no protocol";
  }
}

void Client::on_rtp(const rtp::PacketView& packet, int64_t now_ns, const Hear& hear) {
  const uint32_t index = packet.ssrc() - admission_.first_slot_ssrc;
  ASSERT_LT(index, slots_.size()) << "no slot of this session";
  Slot& slot = slots_[index];
  const uint32_t number = slot.sequence.extend(packet.sequence());
  slot.nacks.on_packet(number, now_ns);
  const auto [place, is_new] = slot.timestamps.emplace(number, packet.timestamp());
  ASSERT_EQ(place->second, packet.timestamp()) << "a number twice, for different packets";
  if (!is_new) return;
  // As a receiver plays them: by number, and time goes on.
  if (place != slot.timestamps.begin()) {
    ASSERT_GT(static_cast<int32_t>(packet.timestamp() - std::prev(place)->second), 0);
  }
  if (const auto next = std::next(place); next != slot.timestamps.end()) {
    ASSERT_LT(static_cast<int32_t>(packet.timestamp() - next->second), 0);
  }
  if (slot.timestamps.size() > kRemembered) slot.forget_oldest();
  if (!is_silence(packet.payload())) hear(index, packet, Frame::read(packet.payload()));
}

void Client::on_rtcp(std::span<const uint8_t> datagram, int64_t now_ns, const Send& send) {
  rtp::RtcpReader reader(datagram);
  while (const auto packet = reader.next()) {
    const auto nack = rtp::Nack::parse(*packet);
    if (!nack || nack->media_ssrc() != ssrc_) continue;
    nack->for_each([&](uint16_t sequence) {
      const auto again = sent_.resend(sequence, now_ns, kRoundTripNs);
      if (!again.empty()) send(again);
    });
  }
  EXPECT_FALSE(reader.refused());
}

void Client::Slot::forget_oldest() {
  const auto oldest = timestamps.begin();
  missing += std::next(oldest)->first - oldest->first - 1;
  timestamps.erase(oldest);
}

uint64_t Client::missing() const {
  uint64_t missing = missing_before_;
  for (const Slot& slot : slots_) {
    if (slot.timestamps.empty()) continue;
    const uint32_t span = slot.timestamps.rbegin()->first - slot.timestamps.begin()->first + 1;
    missing += slot.missing + span - slot.timestamps.size();
  }
  return missing;
}

}  // namespace veche::simulation
