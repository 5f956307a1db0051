// SPDX-License-Identifier: Apache-2.0
// Numbers in network byte order, which RTP and Matroska share.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace veche::recording {

/// The number in these bytes, at most 8.
constexpr uint64_t read_big_endian(std::span<const uint8_t> bytes) noexcept {
  uint64_t value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

/// Appends the lowest `count` bytes of the value.
inline void put_big_endian(std::vector<uint8_t>& out, uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<uint8_t>(value >> shift));
  }
}

}  // namespace veche::recording
