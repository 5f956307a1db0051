// SPDX-License-Identifier: Apache-2.0
// Reads and writes numbers in network byte order. The caller has checked that there is room.
#pragma once

#include <cstdint>

namespace veche {

inline uint16_t read_u16(const uint8_t* at) noexcept {
  return static_cast<uint16_t>((at[0] << 8) | at[1]);
}
inline uint32_t read_u24(const uint8_t* at) noexcept {
  return (static_cast<uint32_t>(at[0]) << 16) | read_u16(at + 1);
}
inline uint32_t read_u32(const uint8_t* at) noexcept {
  return (static_cast<uint32_t>(read_u16(at)) << 16) | read_u16(at + 2);
}
inline uint64_t read_u64(const uint8_t* at) noexcept {
  return (static_cast<uint64_t>(read_u32(at)) << 32) | read_u32(at + 4);
}
/// A number of 24 bits with a sign.
inline int32_t read_i24(const uint8_t* at) noexcept {
  return static_cast<int32_t>(read_u24(at) << 8) >> 8;
}

inline void write_u16(uint8_t* at, uint16_t value) noexcept {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
inline void write_u24(uint8_t* at, uint32_t value) noexcept {
  at[0] = static_cast<uint8_t>(value >> 16);
  write_u16(at + 1, static_cast<uint16_t>(value));
}
inline void write_u32(uint8_t* at, uint32_t value) noexcept {
  write_u16(at, static_cast<uint16_t>(value >> 16));
  write_u16(at + 2, static_cast<uint16_t>(value));
}
inline void write_u64(uint8_t* at, uint64_t value) noexcept {
  write_u32(at, static_cast<uint32_t>(value >> 32));
  write_u32(at + 4, static_cast<uint32_t>(value));
}

}  // namespace veche
