// SPDX-License-Identifier: Apache-2.0
// Detects speech in one track: its noise floor and three time scales of activity, from levels and
// arrival times.
#pragma once

#include <cstdint>

namespace veche::forwarding {

/// Loudness is 127 minus the level of RFC 6464, so that louder is larger: 0 is silence, 127 is 0
/// dBov.
constexpr uint8_t loudness_of_dbov(int32_t dbov) { return static_cast<uint8_t>(127 + dbov); }

constexpr int64_t ms_to_ns(int64_t ms) { return ms * 1'000'000; }

/// The level below which a track's sound is its background: the minimum of the last 2 to 2.5 s of
/// packets. Only the time of received packets counts, so silence that DTX does not send has no
/// effect. All zero: nothing heard yet.
struct NoiseFloor {
  static constexpr uint32_t kWindows = 4;
  static constexpr float kWindowMs = 500;

  uint8_t minima[kWindows];  ///< Of whole windows, as a ring.
  uint8_t current;           ///< Of the window that is being filled.
  uint8_t windows, next;
  float filled_ms;

  void add(uint8_t loudness, float span_ms) noexcept;
  bool known() const noexcept { return windows > 0; }
  /// Only if known.
  uint8_t loudness() const noexcept;
};

/// The parameters of the detection, from a room's settings.
struct Tuning {
  uint8_t gate_loudness;
  int64_t hangover_ns;
};

/// The packets of a track in one tick.
struct Reading {
  int64_t now_ns;
  int64_t last_packet_ns;
  uint32_t packets;  ///< Since the last tick.
  uint8_t loudness;  ///< Of the loudest of them.
  bool has_levels;
};

/// All zero: the track was never heard. docs/speaker-detection.md explains the algorithm and its
/// constants.
struct VoiceActivity {
  /// Speech on the medium scale that makes a track a talker. An interjection is shorter.
  static constexpr float kTalkingMs = 212;
  static constexpr float kMaxEvidenceMs = 300;

  NoiseFloor floor;
  int64_t last_tick_ns, last_packet_ns;
  int64_t last_voice_ns;     ///< Immediate scale: the newest packet with voice; 0: never.
  int64_t talking_since_ns;  ///< When the evidence of this turn first reached kTalkingMs; 0: it did
                             ///< not.
  float evidence_ms;         ///< Medium scale: speech of the last ~300 ms, a leaky sum.
  float long_activity;       ///< Long scale: the share of the last ~2 s with voice, 0 to 1.
  float peak;                ///< The loudest of this turn, fading.
  uint32_t run_packets;      ///< Consecutive packets over the threshold.

  void update(const Reading& reading, const Tuning& tuning) noexcept;
  /// As if the track had never spoken, but with its noise floor.
  void silence() noexcept;

 private:
  void hear(const Reading& reading, const Tuning& tuning) noexcept;
  void hear_voice(const Reading& reading, const Tuning& tuning, float span_ms) noexcept;
  void fade(float ms) noexcept;
  uint8_t threshold(const Tuning& tuning) const noexcept;
  float weight(const Reading& reading) const noexcept;
};

}  // namespace veche::forwarding
