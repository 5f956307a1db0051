// SPDX-License-Identifier: Apache-2.0
// The packet status chunk of transport-cc feedback
// (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.1 to 3.1.4).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace veche::rtp {

/// The status of one packet: the size of its receive delta in bytes. 3 is reserved.
inline constexpr uint8_t kNotReceived = 0;
inline constexpr uint8_t kSmallDelta = 1;
inline constexpr uint8_t kLargeDelta = 2;

/// 16 bits that encode a run of one status, or a vector of 14 or 7.
class StatusChunk {
 public:
  static constexpr size_t kOneBitSymbols = 14;
  static constexpr size_t kTwoBitSymbols = 7;
  static constexpr size_t kMaxRun = 0x1fff;

  explicit StatusChunk(uint16_t word) noexcept : word_(word) {}
  static StatusChunk run(uint8_t status, size_t length) noexcept {
    return StatusChunk(static_cast<uint16_t>(status << 13 | static_cast<int>(length)));
  }
  /// At most this many statuses; missing ones count as not received.
  static StatusChunk one_bit_vector(std::span<const uint8_t> statuses) noexcept {
    return vector(0x8000, 1, kOneBitSymbols, statuses);
  }
  static StatusChunk two_bit_vector(std::span<const uint8_t> statuses) noexcept {
    return vector(0xc000, 2, kTwoBitSymbols, statuses);
  }

  uint16_t word() const noexcept { return word_; }
  bool is_run() const noexcept { return (word_ & 0x8000) == 0; }
  size_t size() const noexcept {
    if (is_run()) return word_ & kMaxRun;
    return has_two_bits() ? kTwoBitSymbols : kOneBitSymbols;
  }
  uint8_t at(size_t index) const noexcept {
    if (is_run()) return word_ >> 13 & 3;
    const size_t width = has_two_bits() ? 2 : 1;
    return static_cast<uint8_t>(word_ >> (14 - width * (index + 1)) & (has_two_bits() ? 3 : 1));
  }

 private:
  bool has_two_bits() const noexcept { return (word_ & 0x4000) != 0; }
  static StatusChunk vector(unsigned word, size_t width, size_t most,
                            std::span<const uint8_t> statuses) noexcept {
    for (size_t i = 0; i < std::min(most, statuses.size()); ++i) {
      word |= static_cast<unsigned>(statuses[i]) << (14 - width * (i + 1));
    }
    return StatusChunk(static_cast<uint16_t>(word));
  }

  uint16_t word_;
};

}  // namespace veche::rtp
