// SPDX-License-Identifier: Apache-2.0
// Builds RTP packets for tests, valid or deliberately broken.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "rtp/packet_view.hpp"

namespace veche::rtp::test {

using Bytes = std::vector<uint8_t>;

inline const Bytes kPayload{0xaa, 0xbb, 0xcc};

struct PacketSpec {
  uint16_t sequence = 1;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0x11111111;
  uint8_t payload_type = 111;
  bool marker = false;
  uint8_t csrc_count = 0;
  uint16_t extension_profile = 0;  ///< 0: no header extension.
  Bytes extensions;                ///< Zero-padded to whole words.
  Bytes payload = kPayload;
  uint8_t padding = 0;
};

inline void append_u16(Bytes& bytes, uint16_t value) {
  bytes.push_back(static_cast<uint8_t>(value >> 8));
  bytes.push_back(static_cast<uint8_t>(value));
}

inline void append_u32(Bytes& bytes, uint32_t value) {
  append_u16(bytes, static_cast<uint16_t>(value >> 16));
  append_u16(bytes, static_cast<uint16_t>(value));
}

inline Bytes build(const PacketSpec& spec) {
  Bytes bytes;
  bytes.push_back(static_cast<uint8_t>(0x80 | (spec.padding != 0 ? 0x20 : 0) |
                                       (spec.extension_profile != 0 ? 0x10 : 0) | spec.csrc_count));
  bytes.push_back(static_cast<uint8_t>((spec.marker ? 0x80 : 0) | spec.payload_type));
  append_u16(bytes, spec.sequence);
  append_u32(bytes, spec.timestamp);
  append_u32(bytes, spec.ssrc);
  for (uint32_t i = 0; i < spec.csrc_count; ++i) append_u32(bytes, 0xc5c50000 + i);
  if (spec.extension_profile != 0) {
    Bytes elements = spec.extensions;
    elements.resize((elements.size() + 3) / 4 * 4);
    append_u16(bytes, spec.extension_profile);
    append_u16(bytes, static_cast<uint16_t>(elements.size() / 4));
    bytes.insert(bytes.end(), elements.begin(), elements.end());
  }
  bytes.insert(bytes.end(), spec.payload.begin(), spec.payload.end());
  if (spec.padding != 0) {
    bytes.insert(bytes.end(), spec.padding - 1u, 0);
    bytes.push_back(spec.padding);
  }
  return bytes;
}

inline uint32_t csrc_of(const PacketView& packet) {
  const auto b = packet.bytes().subspan(12, 4);
  return static_cast<uint32_t>(b[0]) << 24 | static_cast<uint32_t>(b[1]) << 16 |
         static_cast<uint32_t>(b[2]) << 8 | b[3];
}

}  // namespace veche::rtp::test
