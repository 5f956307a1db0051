// SPDX-License-Identifier: Apache-2.0
// The transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 2)
// of a packet that a Rewriter has written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/big_endian.hpp"

namespace veche::rtp {

/// Where the number stands, without a walk through the extensions: a Rewriter puts it first, behind
/// one CSRC. Nothing if the packet has none with that id.
inline std::optional<size_t> transport_number_at(std::span<const uint8_t> packet,
                                                 uint8_t id) noexcept {
  constexpr size_t kExtension = 16, kElement = kExtension + 4, kSize = kElement + 4;
  constexpr uint8_t kExtended = 0x10, kCsrcs = 0x0f;
  constexpr uint16_t kOneByteForm = 0xBEDE;
  if (id == 0 || packet.size() < kSize) return std::nullopt;
  if ((packet[0] & kExtended) == 0 || (packet[0] & kCsrcs) != 1) return std::nullopt;
  if (read_u16(&packet[kExtension]) == kOneByteForm) {
    if (packet[kElement] != (id << 4 | 1)) return std::nullopt;
    return kElement + 1;
  }
  if (packet[kElement] != id || packet[kElement + 1] != 2) return std::nullopt;
  return kElement + 2;
}

/// The number of that packet; nothing if it has none.
inline std::optional<uint16_t> transport_number(std::span<const uint8_t> packet,
                                                uint8_t id) noexcept {
  const std::optional<size_t> at = transport_number_at(packet, id);
  if (!at) return std::nullopt;
  return read_u16(&packet[*at]);
}

/// False if the packet has no room for one.
inline bool write_transport_number(std::span<uint8_t> packet, uint8_t id,
                                   uint16_t number) noexcept {
  const std::optional<size_t> at = transport_number_at(packet, id);
  if (!at) return false;
  write_u16(&packet[*at], number);
  return true;
}

}  // namespace veche::rtp
