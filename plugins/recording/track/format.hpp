// SPDX-License-Identifier: Apache-2.0
// The format of a track, and a frame of it, as a container needs them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace veche::recording {

enum class Codec { Opus, Vp8, Vp9, H264, Av1 };

/// What a container says about a track.
struct Format {
  Codec codec = Codec::Opus;
  uint32_t channels = 0;               ///< Of audio.
  uint32_t width = 0, height = 0;      ///< Of video, in pixels.
  std::vector<uint8_t> codec_private;  ///< OpusHead, avcC, av1C; empty: none.
  bool operator==(const Format&) const = default;
};

/// One encoded frame or packet of sound.
struct Frame {
  int64_t time_ns = 0;      ///< Since the recording began.
  int64_t duration_ns = 0;  ///< 0: unknown, of video.
  bool key = true;
  std::vector<uint8_t> bytes;
  bool is_filler = false;  ///< Silence or concealment that no sender has sent.
};

}  // namespace veche::recording
