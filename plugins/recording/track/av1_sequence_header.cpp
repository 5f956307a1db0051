// SPDX-License-Identifier: Apache-2.0
// Reads AV1's sequence header bit by bit.
#include "recording/track/av1_sequence_header.hpp"

#include <algorithm>
#include <cstddef>

namespace veche::recording {
namespace {

/// Past the end there are zeros, and is_good() says so.
class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) noexcept : bytes_(bytes) {}

  uint32_t read(uint32_t bits) noexcept {
    uint32_t value = 0;
    for (; bits > 0; --bits, ++position_) {
      const size_t byte = position_ / 8;
      const uint32_t bit = byte < bytes_.size() ? bytes_[byte] >> (7 - position_ % 8) & 1U : 0;
      value = value << 1 | bit;
    }
    return value;
  }
  bool flag() noexcept { return read(1) != 0; }
  /// Section 4.10.3.
  void skip_uvlc() noexcept {
    uint32_t zeros = 0;
    while (is_good() && !flag()) ++zeros;
    if (zeros < 32) read(zeros);
  }
  bool is_good() const noexcept { return position_ <= bytes_.size() * 8; }

 private:
  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
};

/// Section 5.5.3 and 5.5.4. The bits of a buffer's delay; 0: there is no model.
uint32_t skip_timing(BitReader& bits) noexcept {
  if (!bits.flag()) return 0;
  bits.read(32);
  bits.read(32);
  if (bits.flag()) bits.skip_uvlc();
  if (!bits.flag()) return 0;
  const uint32_t delay_bits = bits.read(5) + 1;
  bits.read(32);
  bits.read(5);
  bits.read(5);
  return delay_bits;
}

void read_operating_points(BitReader& bits, Av1SequenceHeader& header) noexcept {
  const uint32_t delay_bits = skip_timing(bits);
  const bool has_display_delay = bits.flag();
  const uint32_t last = bits.read(5);
  for (uint32_t i = 0; i <= last; ++i) {
    bits.read(12);
    const auto level = static_cast<uint8_t>(bits.read(5));
    const auto tier = static_cast<uint8_t>(level > 7 ? bits.read(1) : 0);
    if (i == 0) {
      header.level = level;
      header.tier = tier;
    }
    if (delay_bits > 0 && bits.flag()) {
      bits.read(delay_bits);
      bits.read(delay_bits);
      bits.read(1);
    }
    if (has_display_delay && bits.flag()) bits.read(4);
  }
}

void skip_tools(BitReader& bits) noexcept {
  bits.read(4);  // Inter-intra and masked compounds, warped motion, dual filter.
  const bool has_order_hint = bits.flag();
  if (has_order_hint) bits.read(2);
  const bool has_screen_content = bits.flag() || bits.flag();
  if (has_screen_content && !bits.flag()) bits.read(1);
  if (has_order_hint) bits.read(3);
}

/// Section 5.5.2.
void read_color(BitReader& bits, Av1SequenceHeader& header) noexcept {
  header.high_bitdepth = bits.flag();
  header.twelve_bit = header.profile == 2 && header.high_bitdepth && bits.flag();
  header.monochrome = header.profile != 1 && bits.flag();
  uint32_t description = 0;
  if (bits.flag()) description = bits.read(24);
  constexpr uint32_t kSrgb = 1 << 16 | 13 << 8 | 0;
  if (header.monochrome) return;
  if (description == kSrgb) {
    header.subsampling_x = header.subsampling_y = false;
    return;
  }
  bits.read(1);
  if (header.profile == 1) {
    header.subsampling_x = header.subsampling_y = false;
  } else if (header.profile == 2) {
    header.subsampling_x = !header.twelve_bit || bits.flag();
    header.subsampling_y = header.twelve_bit && header.subsampling_x && bits.flag();
  }
  if (header.subsampling_x && header.subsampling_y) {
    header.chroma_sample_position = static_cast<uint8_t>(bits.read(2));
  }
}

}  // namespace

std::optional<Av1SequenceHeader> parse_av1_sequence_header(
    std::span<const uint8_t> payload) noexcept {
  BitReader bits(payload);
  Av1SequenceHeader header;
  header.profile = static_cast<uint8_t>(bits.read(3));
  bits.read(1);
  header.is_reduced = bits.flag();
  if (header.is_reduced) {
    header.level = static_cast<uint8_t>(bits.read(5));
  } else {
    read_operating_points(bits, header);
  }
  const uint32_t width_bits = bits.read(4) + 1, height_bits = bits.read(4) + 1;
  header.width = bits.read(width_bits) + 1;
  header.height = bits.read(height_bits) + 1;
  if (!header.is_reduced && bits.flag()) bits.read(7);
  bits.read(3);  // Superblocks, intra filters.
  if (!header.is_reduced) skip_tools(bits);
  bits.read(3);  // Super-resolution, filters.
  read_color(bits, header);
  if (!bits.is_good() || header.profile > 2) return std::nullopt;
  return header;
}

std::vector<uint8_t> av1_configuration(const Av1SequenceHeader& header,
                                       std::span<const uint8_t> unit) {
  const auto bit = [](bool value, int position) { return value ? 1 << position : 0; };
  std::vector<uint8_t> bytes(4 + unit.size());
  bytes[0] = 0x81;  // Version 1.
  bytes[1] = static_cast<uint8_t>(header.profile << 5 | header.level);
  bytes[2] = static_cast<uint8_t>(header.tier << 7 | bit(header.high_bitdepth, 6) |
                                  bit(header.twelve_bit, 5) | bit(header.monochrome, 4) |
                                  bit(header.subsampling_x, 3) | bit(header.subsampling_y, 2) |
                                  header.chroma_sample_position);
  std::copy(unit.begin(), unit.end(), bytes.begin() + 4);
  return bytes;
}

}  // namespace veche::recording
