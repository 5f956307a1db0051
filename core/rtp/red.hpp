// SPDX-License-Identifier: Apache-2.0
// Redundant audio (RFC 2198): packets that repeat what the packets before them had.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/packet_view.hpp"

namespace veche::rtp {

/// The primary block of a payload: what the packet would have without redundancy. Nothing if the
/// payload is malformed, has no primary block, or has blocks of another payload type.
std::optional<std::span<const uint8_t>> red_primary(std::span<const uint8_t> payload,
                                                    uint8_t block_type) noexcept;

/// Payload types of one receiver; red 0: it has no RED.
struct RedFormat {
  uint8_t red = 0, primary = 0;
};

/// Turns a packet with redundancy, in place, into one for a receiver: its blocks get the receiver's
/// type, or only the primary block stays. `packet` is the view of `bytes`, which begin with it;
/// `block_type` is the sender's. Nothing if the payload is not what red_primary() accepts.
std::optional<PacketView> convert_red(const PacketView& packet, std::span<uint8_t> bytes,
                                      uint8_t block_type, const RedFormat& receiver) noexcept;

}  // namespace veche::rtp
