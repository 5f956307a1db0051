// SPDX-License-Identifier: Apache-2.0
// Open bitstream units of AV1 (AV1 specification section 5.3), as RTP and as files carry them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace veche::recording {

enum class ObuType : uint8_t {
  SequenceHeader = 1,
  TemporalDelimiter = 2,
  FrameHeader = 3,
  TileGroup = 4,
  Metadata = 5,
  Frame = 6,
  RedundantFrameHeader = 7,
  TileList = 8,
  Padding = 15
};

struct Obu {
  ObuType type{};
  std::span<const uint8_t> header;  ///< One byte, or two with an extension.
  std::span<const uint8_t> payload;
};

/// Reads a number (section 4.10.5) of up to 32 bits and takes it off `bytes`; nothing if it is cut.
std::optional<uint32_t> read_leb128(std::span<const uint8_t>& bytes) noexcept;

/// One unit that is all of `bytes`, with or without its size inside; nothing if it is broken.
std::optional<Obu> parse_obu(std::span<const uint8_t> bytes) noexcept;

/// Appends the unit with its size, as files have it.
void append_obu(const Obu& obu, std::vector<uint8_t>& out);

}  // namespace veche::recording
