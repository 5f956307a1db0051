// SPDX-License-Identifier: Apache-2.0
// Real encoders' frames, and the RTP packets that carry them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "recording/track/packet.hpp"

namespace veche::recording::testing {

struct EncodedVideo {
  static constexpr int kFrames = 40, kKeyEvery = 15, kWidth = 320, kHeight = 180;
  struct Picture {
    std::vector<uint8_t> bytes;
    bool key = false;
  };
  std::vector<Picture> pictures;
  std::vector<Packet> packets;  ///< Arrival times are those of the pictures.
};

/// Runs "videotestsrc ! encoder" into pictures, and these through "payloader", if it is not empty,
/// into packets. Nothing if this machine lacks one of the elements.
std::optional<EncodedVideo> encode_video(const std::string& encoder, const std::string& payloader);

/// Splits AV1's temporal units into packets by the RTP payload format: with sizes (W is 0), or with
/// the number of elements in the header.
void packetize_av1(EncodedVideo& video, size_t most_bytes, bool with_counts);

/// The unit's form in files: without temporal delimiters.
std::vector<uint8_t> without_delimiters(const std::vector<uint8_t>& unit);

/// Length-prefixed H.264 without parameter sets and delimiters.
std::vector<uint8_t> without_parameter_sets(const std::vector<uint8_t>& picture);

}  // namespace veche::recording::testing
