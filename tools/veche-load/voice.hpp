// SPDX-License-Identifier: Apache-2.0
// Speech and silence as Opus packets, encoded once and sent repeatedly by all participants.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"

namespace veche::load {

inline constexpr int64_t kFrameMs = 20;
inline constexpr uint32_t kFrameTicks = 960;  // At 48 kHz.

/// 20 ms, with room for a mark.
struct VoiceFrame {
  std::vector<uint8_t> payload;
  uint8_t level = 127;  ///< Its RFC 6464 level, in -dBov.
};

struct VoiceStyle {
  int bit_rate_bps = 32'000;  ///< As Chromium encodes a microphone.
  bool noise_floor = false;   ///< Silence is noise of -70 dBov instead of nothing.
};

/// 48 kHz, mono. No list is empty.
struct Voice {
  std::vector<VoiceFrame> speech;   ///< Two seconds between -24 and -36 dBov.
  std::vector<VoiceFrame> silence;  ///< Encoded without DTX.
  std::vector<VoiceFrame> dtx;      ///< The frames of silence that DTX lets through: one in 400 ms.

  /// No payload is longer.
  static constexpr size_t kMaxPayload = 200;

  /// Takes a quarter of a second.
  static Result<Voice> encode(const VoiceStyle& style);
};

}  // namespace veche::load
