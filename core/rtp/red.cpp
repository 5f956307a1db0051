// SPDX-License-Identifier: Apache-2.0
// Walks the block headers: four bytes each, one for the primary block.
#include "rtp/red.hpp"

#include <algorithm>
#include <array>

#include "base/big_endian.hpp"

namespace veche::rtp {
namespace {

constexpr uint8_t kFollowed = 0x80;
constexpr size_t kHeaderSize = 4, kPrimaryHeaderSize = 1;
constexpr int kLengthBits = 10;
constexpr uint8_t kPadding = 0x20;  // Of an RTP header.

/// Offset and length of a redundant block.
uint32_t read_header(std::span<const uint8_t> payload, size_t at) noexcept {
  return read_u32(&payload[at]) & 0xffffff;
}

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
    redundant += read_header(payload, at) & kMaxRedBlock;
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

std::optional<RedBlock> red_block(const PacketView& packet, uint8_t block_type,
                                  size_t distance) noexcept {
  const std::span<const uint8_t> payload = packet.payload();
  const auto primary = red_primary(payload, block_type);
  if (!primary || distance == 0) return std::nullopt;
  size_t count = 0;
  walk(payload, [&](size_t) { ++count; });
  if (distance >= count) return std::nullopt;
  // The blocks lie behind all headers, the primary one last.
  size_t begin = kHeaderSize * (count - 1) + kPrimaryHeaderSize;
  size_t at = 0;
  for (; at < kHeaderSize * (count - 1 - distance); at += kHeaderSize) {
    begin += read_header(payload, at) & kMaxRedBlock;
  }
  const uint32_t header = read_header(payload, at);
  return RedBlock{packet.timestamp() - (header >> kLengthBits),
                  payload.subspan(begin, header & kMaxRedBlock)};
}

size_t write_red(const RedBlock& primary, std::span<const RedBlock> blocks, uint8_t block_type,
                 std::span<uint8_t> out) noexcept {
  std::array<const RedBlock*, kMostRedBlocks> kept;
  size_t count = 0, size = kPrimaryHeaderSize + primary.payload.size();
  if (primary.payload.empty() || size > out.size()) return 0;
  uint32_t newer_offset = 0;
  for (auto block = blocks.rbegin(); block != blocks.rend() && count < kept.size(); ++block) {
    const uint32_t offset = primary.timestamp - block->timestamp;
    const size_t length = block->payload.size();
    if (offset <= newer_offset || offset > kMaxRedOffset) continue;
    if (length == 0 || length > kMaxRedBlock || kHeaderSize + length > out.size() - size) continue;
    kept[count++] = &*block;
    size += kHeaderSize + length;
    newer_offset = offset;
  }
  if (count == 0) return 0;
  uint8_t* header = out.data();
  uint8_t* body = header + kHeaderSize * count + kPrimaryHeaderSize;
  while (count > 0) {
    const RedBlock& block = *kept[--count];
    const auto offset_and_length = (primary.timestamp - block.timestamp) << kLengthBits |
                                   static_cast<uint32_t>(block.payload.size());
    write_u32(header, static_cast<uint32_t>(kFollowed | block_type) << 24 | offset_and_length);
    header += kHeaderSize;
    body = std::copy(block.payload.begin(), block.payload.end(), body);
  }
  *header = block_type;
  std::copy(primary.payload.begin(), primary.payload.end(), body);
  return size;
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
