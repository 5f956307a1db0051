// SPDX-License-Identifier: Apache-2.0
// What an Opus packet says of itself (RFC 6716 section 3), and packets that fill gaps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace veche::recording {

/// Opus counts samples at 48 kHz, whatever the encoder's input was.
constexpr int64_t kOpusRate = 48'000;
/// The shortest frame: 2.5 ms. Every duration is a multiple of it.
constexpr uint32_t kOpusGrain = 120;
/// The longest packet: 120 ms.
constexpr uint32_t kOpusMaxSamples = 5760;

struct OpusPacket {
  uint32_t samples = 0;  ///< Of all frames together, at 48 kHz.
  uint32_t frame_samples = 0;
  uint32_t channels = 0;
  uint8_t toc = 0;
  bool is_empty = false;  ///< No frame has data: discontinuous transmission.
};

/// Nothing if the packet breaks a rule of RFC 6716 section 3.4.
std::optional<OpusPacket> parse_opus(std::span<const uint8_t> bytes) noexcept;

/// A packet that decodes to silence, whatever preceded it. `samples`: a multiple of kOpusGrain, at
/// most kOpusMaxSamples.
std::vector<uint8_t> opus_silence(uint32_t samples, uint32_t channels);

/// A packet of `frames` frames without data: a decoder conceals them by what came before, a packet
/// with this TOC. At most kOpusMaxSamples together.
std::vector<uint8_t> opus_concealment(uint8_t toc, uint32_t frames);

/// RFC 7845 section 5.1. Without a pre-skip, since the stream begins with the recording and not
/// with an encoder: sample 0 is the first that is heard.
std::vector<uint8_t> opus_head(uint32_t channels);

}  // namespace veche::recording
