// SPDX-License-Identifier: Apache-2.0
// A load packet's identity, in the padding of its Opus packet, which every decoder skips.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace veche::load {

/// Identifies a packet for the receiver. The server rewrites sequence numbers and timestamps, so
/// neither can.
struct Mark {
  uint16_t talker = 0;
  uint32_t turn = 0;   ///< Index in the schedule plus one; 0: silence.
  uint32_t frame = 0;  ///< Of 20 ms, within the turn.
  int64_t sent_ns = 0;
};

inline constexpr size_t kMarkSize = 22;

/// The same Opus packet with room for a mark: code 3 with padding (RFC 6716 section 3.2.5), 24
/// bytes longer than a packet of code 0. Fails if `opus` is not an Opus packet.
Result<std::vector<uint8_t>> with_room_for_mark(std::span<const uint8_t> opus);
/// `payload` was made by with_room_for_mark().
void write_mark(const Mark& mark, std::span<uint8_t> payload) noexcept;
/// Nothing if the payload carries no mark.
std::optional<Mark> read_mark(std::span<const uint8_t> payload) noexcept;

}  // namespace veche::load
