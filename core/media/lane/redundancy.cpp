// SPDX-License-Identifier: Apache-2.0
// Collects what a packet may repeat, and builds its redundant form.
#include "media/lane/redundancy.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace veche::media {
namespace {

/// Opus packets up to this size have no sound: RFC 6716 section 2.1.9. Losing one is not heard.
constexpr size_t kSilentSize = 2;
/// A packet holds 120 ms at most (RFC 6716 section 3.2.5), here at 48 kHz: what is further away was
/// said before a pause.
constexpr uint32_t kLongestPacket = 5760;

std::span<const uint8_t> primary_of(const TrackFeed& feed, const rtp::PacketView& packet) noexcept {
  if (!feed.is_redundant(packet)) return packet.payload();
  return rtp::red_primary(packet.payload(), feed.payload_type).value_or(std::span<const uint8_t>());
}

}  // namespace

Form as_published(const TrackFeed& feed, const rtp::PacketView& packet) noexcept {
  return {.view = packet, .is_redundant = feed.is_redundant(packet)};
}

Form plain(const TrackFeed& feed, const rtp::PacketView& packet) noexcept {
  return {.view = packet, .is_redundant = feed.is_redundant(packet), .keeps_blocks = false};
}

const Form& Redundancy::repeating(size_t count) noexcept {
  assert(count > 0 && count <= made_.size());
  Made& made = made_[count - 1];
  if (!std::exchange(made.is_made, true)) make(made, count);
  return made.form;
}

void Redundancy::make(Made& made, size_t count) const noexcept {
  made.form = plain(feed_, packet_);
  std::array<rtp::RedBlock, Protection::kMostRepeated> memory;
  const std::span<const rtp::RedBlock> blocks = collect(count, memory);
  if (blocks.empty()) return;
  const rtp::RedBlock primary = block_of(packet_);
  const std::span<uint8_t> out(made.memory);
  const size_t size =
      rtp::write_red(primary, blocks, feed_.payload_type, out.subspan(kFixedHeader));
  if (size == 0) return;
  // What a slot's own header takes from it, and no more.
  std::copy_n(packet_.bytes().begin(), kFixedHeader, out.begin());
  out[0] = 0x80;
  const auto view = rtp::PacketView::parse(out.first(kFixedHeader + size));
  if (!view) return;
  made.form = {
      .view = *view, .is_redundant = true, .repeated_bytes = size - primary.payload.size()};
}

/// Nothing before a pause is repeated. Timestamps tell it; markers (RFC 3551 section 4.1) do not,
/// because some clients set them on every packet.
std::span<const rtp::RedBlock> Redundancy::collect(
    size_t count, std::span<rtp::RedBlock, Protection::kMostRepeated> memory) const noexcept {
  size_t first = memory.size();  // Filled from the end, so that the oldest comes first.
  uint32_t newer_timestamp = packet_.timestamp();
  uint32_t newer_distance = 0;
  const auto most = static_cast<uint16_t>(count);
  for (uint16_t distance = 1; distance <= most; ++distance) {
    const rtp::History::Entry* entry =
        history_.find(static_cast<uint16_t>(packet_.sequence() - distance));
    const auto block =
        entry ? std::optional(block_of(entry->packet)) : repeated_by_publisher(distance);
    if (!block) continue;
    const uint32_t longest = (distance - newer_distance) * kLongestPacket;
    if (newer_timestamp - block->timestamp > longest) break;
    newer_timestamp = block->timestamp;
    newer_distance = distance;
    if (block->payload.size() > kSilentSize) memory[--first] = *block;
  }
  return memory.subspan(first);
}

rtp::RedBlock Redundancy::block_of(const rtp::PacketView& packet) const noexcept {
  return {packet.timestamp(), primary_of(feed_, packet)};
}

/// Of a packet that was lost on its way to the server.
std::optional<rtp::RedBlock> Redundancy::repeated_by_publisher(size_t distance) const noexcept {
  if (!feed_.is_redundant(packet_)) return std::nullopt;
  return rtp::red_block(packet_, feed_.payload_type, distance);
}

}  // namespace veche::media
