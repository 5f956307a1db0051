// SPDX-License-Identifier: Apache-2.0
// What AV1's sequence header says that a container must say too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace veche::recording {

struct Av1SequenceHeader {
  uint8_t profile = 0, level = 0, tier = 0;  ///< Of the first operating point.
  bool is_reduced = false;                   ///< A still picture: every frame is a key frame.
  uint32_t width = 0, height = 0;            ///< The largest of any frame.
  bool high_bitdepth = false, twelve_bit = false, monochrome = false;
  bool subsampling_x = true, subsampling_y = true;
  uint8_t chroma_sample_position = 0;
};

/// AV1 specification section 5.5: the payload of the unit. Nothing if it is cut.
std::optional<Av1SequenceHeader> parse_av1_sequence_header(
    std::span<const uint8_t> payload) noexcept;

/// AV1CodecConfigurationRecord: "av1C", Matroska's CodecPrivate. `unit`: the sequence header's,
/// with its size.
std::vector<uint8_t> av1_configuration(const Av1SequenceHeader& header,
                                       std::span<const uint8_t> unit);

}  // namespace veche::recording
