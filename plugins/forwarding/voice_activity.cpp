// SPDX-License-Identifier: Apache-2.0
// Advances the three time scales of a track by the packets of each tick.
#include "forwarding/voice_activity.hpp"

#include <algorithm>

namespace veche::forwarding {
namespace {

/// Packets no further apart belong together: 120 ms is the longest packet of Opus, and DTX sends
/// one each 400 ms.
constexpr int64_t kContinuousNs = ms_to_ns(150);
/// A packet that is late by less than this is not silence yet.
constexpr int64_t kJitterNs = ms_to_ns(100);
/// After a gap of this length the noise floor is out of date.
constexpr int64_t kFloorLifeNs = ms_to_ns(10'000);
constexpr float kPacketMs = 20;
/// More packets in one tick count as this many.
constexpr uint32_t kMaxPackets = 5;
/// One loud packet alone is a click, or the comfort noise that DTX sends.
constexpr uint32_t kVoicePackets = 2;

constexpr uint8_t kVoiceOverFloor = 9;  // dB
/// Steady sound above this (and the 9 dB) counts as speech or music, however long it lasts.
constexpr uint8_t kMaxFloor = loudness_of_dbov(-45);
/// Packets this far below the peak of their turn are the tail of a cough, or the gap between two
/// syllables.
constexpr float kBelowPeak = 12;  // dB
constexpr float kPeakFadePerMs = 0.006F;
constexpr float kWeakWeight = 0.4F;
constexpr float kLongMs = 2000;

float to_ms(int64_t ns) { return static_cast<float>(ns) * 1e-6F; }

}  // namespace

void NoiseFloor::add(uint8_t loudness, float span_ms) noexcept {
  current = filled_ms > 0 ? std::min(current, loudness) : loudness;
  filled_ms += span_ms;
  if (filled_ms < kWindowMs) return;
  filled_ms = 0;
  minima[next] = current;
  next = static_cast<uint8_t>((next + 1) % kWindows);
  windows = static_cast<uint8_t>(std::min<uint32_t>(windows + 1U, kWindows));
}

uint8_t NoiseFloor::loudness() const noexcept {
  const uint8_t oldest = *std::min_element(minima, minima + windows);
  return std::min(filled_ms > 0 ? std::min(oldest, current) : oldest, kMaxFloor);
}

void VoiceActivity::update(const Reading& reading, const Tuning& tuning) noexcept {
  const int64_t elapsed_ns =
      last_tick_ns == 0 ? 0 : std::clamp<int64_t>(reading.now_ns - last_tick_ns, 0, ms_to_ns(1000));
  last_tick_ns = reading.now_ns;
  if (reading.packets > 0) {
    hear(reading, tuning);
  } else if (reading.now_ns - last_packet_ns > kJitterNs) {
    fade(to_ms(elapsed_ns));
  }
  const bool voiced = last_voice_ns != 0 && reading.now_ns - last_voice_ns <= kJitterNs;
  const float share = std::min(to_ms(elapsed_ns) / kLongMs, 1.0F);
  long_activity += ((voiced ? 1.0F : 0.0F) - long_activity) * share;
  if (reading.now_ns - last_voice_ns > tuning.hangover_ns) talking_since_ns = 0;
}

void VoiceActivity::silence() noexcept {
  last_voice_ns = talking_since_ns = 0;
  evidence_ms = long_activity = peak = 0;
  run_packets = 0;
}

void VoiceActivity::hear(const Reading& reading, const Tuning& tuning) noexcept {
  const int64_t gap_ns = std::max<int64_t>(reading.last_packet_ns - last_packet_ns, 0);
  const bool continuous = last_packet_ns != 0 && gap_ns <= kContinuousNs;
  const uint32_t packets = std::min(reading.packets, kMaxPackets);
  // Within a stream the time between arrivals counts, so neither jitter nor loss nor the packets'
  // length matters.
  const float span_ms = continuous ? to_ms(gap_ns) : kPacketMs * static_cast<float>(packets);
  if (gap_ns > kFloorLifeNs) floor = NoiseFloor{};
  last_packet_ns = reading.last_packet_ns;
  if (reading.has_levels) floor.add(reading.loudness, span_ms);
  if (!continuous) run_packets = 0;
  if (reading.has_levels && reading.loudness < threshold(tuning)) {
    run_packets = 0;
    fade(span_ms);
    return;
  }
  // The sound before the first loud packet was not voice, and other packets of the same tick may
  // not be voice either.
  const float voice_ms = run_packets > 0 ? span_ms : std::min(span_ms, kPacketMs);
  run_packets += packets;
  hear_voice(reading, tuning, voice_ms);
}

void VoiceActivity::hear_voice(const Reading& reading, const Tuning& tuning,
                               float span_ms) noexcept {
  const auto loudness = static_cast<float>(reading.loudness);
  const bool new_turn = reading.now_ns - last_voice_ns > tuning.hangover_ns;
  peak = new_turn ? loudness : std::max(loudness, peak - kPeakFadePerMs * span_ms);
  evidence_ms = std::min(evidence_ms + span_ms * weight(reading), kMaxEvidenceMs);
  if (run_packets < kVoicePackets) return;
  last_voice_ns = reading.last_packet_ns;
  if (talking_since_ns == 0 && evidence_ms >= kTalkingMs) talking_since_ns = reading.now_ns;
}

void VoiceActivity::fade(float ms) noexcept { evidence_ms = std::max(evidence_ms - ms, 0.0F); }

uint8_t VoiceActivity::threshold(const Tuning& tuning) const noexcept {
  if (!floor.known()) return tuning.gate_loudness;
  return std::max<uint8_t>(tuning.gate_loudness, floor.loudness() + kVoiceOverFloor);
}

float VoiceActivity::weight(const Reading& reading) const noexcept {
  // Until the floor is known, a fan cannot be told from a soft voice, so the voice has to wait.
  const bool surely_voice = floor.known() || reading.loudness >= kMaxFloor + kVoiceOverFloor;
  const bool strong = static_cast<float>(reading.loudness) >= peak - kBelowPeak;
  return !reading.has_levels || (surely_voice && strong) ? 1.0F : kWeakWeight;
}

}  // namespace veche::forwarding
