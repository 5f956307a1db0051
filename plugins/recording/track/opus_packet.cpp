// SPDX-License-Identifier: Apache-2.0
// Reads packets with libopus, and writes those that need no encoder.
#include "recording/track/opus_packet.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace veche::recording {
namespace {

constexpr size_t kMaxFrames = 48;
constexpr uint8_t kStereo = 0x04;
/// Frame counts of the TOC: one frame, or as many as the next byte says.
constexpr uint8_t kOneFrame = 0, kManyFrames = 3;
/// CELT, full band; the two low bits of the configuration are the frame's length.
constexpr uint8_t kCeltConfig = 28;
/// Begins with CELT's flag of silence, whatever its length.
constexpr std::array<uint8_t, 2> kSilentFrame{0xff, 0xfe};

}  // namespace

std::optional<OpusPacket> parse_opus(std::span<const uint8_t> bytes) noexcept {
  if (bytes.empty() || bytes.size() > INT32_MAX) return std::nullopt;
  unsigned char toc = 0;
  std::array<opus_int16, kMaxFrames> sizes{};
  const int frames = opus_packet_parse(bytes.data(), static_cast<opus_int32>(bytes.size()), &toc,
                                       nullptr, sizes.data(), nullptr);
  if (frames <= 0) return std::nullopt;
  const int samples = opus_packet_get_samples_per_frame(bytes.data(), kOpusRate);
  OpusPacket packet{.samples = static_cast<uint32_t>(frames * samples),
                    .frame_samples = static_cast<uint32_t>(samples),
                    .channels = (toc & kStereo) != 0 ? 2U : 1U,
                    .toc = toc,
                    .is_empty = true};
  if (packet.samples > kOpusMaxSamples) return std::nullopt;
  // A frame of one byte counts as none (RFC 6716 section 3.1).
  for (int i = 0; i < frames; ++i) packet.is_empty = packet.is_empty && sizes[size_t(i)] <= 1;
  return packet;
}

std::vector<uint8_t> opus_silence(uint32_t samples, uint32_t channels) {
  assert(samples > 0 && samples <= kOpusMaxSamples && samples % kOpusGrain == 0);
  // Frames of 20, 10, 5 or 2.5 ms: the longest that fit without a rest.
  uint32_t length = 3;
  while (samples % (kOpusGrain << length) != 0) --length;
  const uint32_t frames = samples / (kOpusGrain << length);
  const uint8_t stereo = channels == 2 ? kStereo : 0;
  const auto toc = static_cast<uint8_t>((kCeltConfig + length) << 3 | stereo);
  std::vector<uint8_t> bytes = opus_concealment(toc, frames);
  for (uint32_t i = 0; i < frames; ++i) {
    bytes.insert(bytes.end(), kSilentFrame.begin(), kSilentFrame.end());
  }
  return bytes;
}

std::vector<uint8_t> opus_concealment(uint8_t toc, uint32_t frames) {
  assert(frames > 0 && frames <= kMaxFrames);
  const auto config = static_cast<uint8_t>(toc & 0xfc);
  if (frames == 1) return {static_cast<uint8_t>(config | kOneFrame)};
  return {static_cast<uint8_t>(config | kManyFrames), static_cast<uint8_t>(frames)};
}

std::vector<uint8_t> opus_head(uint32_t channels) {
  const auto count = static_cast<uint8_t>(std::clamp(channels, 1U, 2U));
  // Version 1, channels, pre-skip 0, 48,000 Hz, no gain, mapping family 0.
  return {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, count, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, 0};
}

}  // namespace veche::recording
