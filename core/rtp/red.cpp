// SPDX-License-Identifier: Apache-2.0
// Walks the block headers: four bytes each, one for the primary block.
#include "rtp/red.hpp"

#include <algorithm>

namespace veche::rtp {
namespace {

constexpr uint8_t kFollowed = 0x80;
constexpr size_t kHeaderSize = 4, kPrimaryHeaderSize = 1;
constexpr uint8_t kPadding = 0x20;  // Of an RTP header.

/// Calls `visit` with the position of each block header, the primary one last. Returns the position
/// of the primary block; nothing if it does not lie within the payload.
template <class Visit>
std::optional<size_t> walk(std::span<const uint8_t> payload, Visit visit) noexcept {
  size_t at = 0, redundant = 0;
  while (at < payload.size()) {
    visit(at);
    if ((payload[at] & kFollowed) == 0) {
      const size_t primary = at + kPrimaryHeaderSize + redundant;
      return primary < payload.size() ? std::optional(primary) : std::nullopt;
    }
    if (payload.size() - at < kHeaderSize) break;
    redundant += (payload[at + 2] & 3u) << 8 | payload[at + 3];
    at += kHeaderSize;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::span<const uint8_t>> red_primary(std::span<const uint8_t> payload,
                                                    uint8_t block_type) noexcept {
  bool is_uniform = true;
  const auto primary =
      walk(payload, [&](size_t at) { is_uniform &= (payload[at] & 0x7f) == block_type; });
  if (!primary || !is_uniform) return std::nullopt;
  return payload.subspan(*primary);
}

std::optional<PacketView> convert_red(const PacketView& packet, std::span<uint8_t> bytes,
                                      uint8_t block_type, const RedFormat& receiver) noexcept {
  const auto primary = red_primary(packet.payload(), block_type);
  if (!primary) return std::nullopt;
  const auto header_size = static_cast<size_t>(packet.payload().data() - packet.bytes().data());
  std::span<uint8_t> payload = bytes.subspan(header_size, packet.payload().size());
  size_t size = payload.size();
  if (receiver.red != 0) {
    walk(payload, [&](size_t at) {
      payload[at] = static_cast<uint8_t>((payload[at] & kFollowed) | receiver.primary);
    });
  } else {
    size = primary->size();
    const auto from = payload.end() - static_cast<ptrdiff_t>(size);
    std::copy(from, payload.end(), payload.begin());
  }
  const uint8_t type = receiver.red != 0 ? receiver.red : receiver.primary;
  bytes[0] = static_cast<uint8_t>(bytes[0] & ~kPadding);
  bytes[1] = static_cast<uint8_t>((bytes[1] & 0x80) | type);
  return PacketView::parse(bytes.first(header_size + size));
}

}  // namespace veche::rtp
