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

/// The payload of one packet, which another packet may repeat.
struct RedBlock {
  uint32_t timestamp = 0;
  std::span<const uint8_t> payload;
};

/// What the packet repeats of the one `distance` packets before it: its last redundant block is at
/// distance 1. Nothing if it has no such block, or red_primary() does not accept the payload.
std::optional<RedBlock> red_block(const PacketView& packet, uint8_t block_type,
                                  size_t distance) noexcept;

inline constexpr size_t kMostRedBlocks = 2;  ///< Of write_red(); a packet may have more.
inline constexpr uint32_t kMaxRedOffset = 0x3fff;
inline constexpr size_t kMaxRedBlock = 0x3ff;

/// Writes a payload that repeats `blocks`, at most kMostRedBlocks, the oldest first. Left out are
/// blocks that its header cannot describe, that are empty, or not older than the block after them,
/// and, the oldest first, those for which `out` has no room. Returns the size; 0: nothing is left
/// to repeat, or the primary block is empty.
size_t write_red(const RedBlock& primary, std::span<const RedBlock> blocks, uint8_t block_type,
                 std::span<uint8_t> out) noexcept;

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
