// SPDX-License-Identifier: Apache-2.0
// Describes packets for the packet policy.
#include "media/lane/lane_packet.hpp"

#include <algorithm>

#include "rtp/sequence.hpp"

namespace veche::media {
namespace {

constexpr uint8_t kSilence = 127;  // RFC 6464.
/// A packet of voice is a whole frame, decoded without others.
constexpr uint32_t kVoiceFlags =
    VECHE_PACKET_FRAME_START | VECHE_PACKET_FRAME_END | VECHE_PACKET_KEY_FRAME;

veche_packet in_numbers(const rtp::PacketView& view, int64_t arrival_ns, uint32_t sequence,
                        uint8_t level, uint32_t flags) noexcept {
  veche_packet packet{};
  packet.arrival_ns = arrival_ns;
  packet.sequence = sequence;
  packet.timestamp = view.timestamp();
  packet.size = static_cast<uint32_t>(view.payload().size());
  packet.flags = flags | kVoiceFlags | (view.marker() ? VECHE_PACKET_MARKER : 0u);
  packet.level = level;
  return packet;
}

std::optional<rtp::AudioLevel> as_written(uint8_t level, bool has_levels) noexcept {
  return has_levels ? std::optional(rtp::AudioLevel{level, true}) : std::nullopt;
}

}  // namespace

LanePacket describe(const rtp::PacketView& view, const PacketTimes& times, uint32_t sequence,
                    uint8_t level, bool has_levels) noexcept {
  return {view, times.capture_ns, as_written(level, has_levels),
          in_numbers(view, times.arrival_ns, sequence, level, 0)};
}

std::span<const veche_packet> Preroll::descriptions() noexcept {
  if (!packets_) collect(packets_.emplace());
  return std::span(packets_->descriptions).first(packets_->count);
}

void Preroll::collect(Packets& packets) const noexcept {
  const size_t size = history_.size();
  for (size_t i = size - std::min(size, kMostPackets); i < size; ++i) {
    const rtp::History::Entry& entry = history_.at(i);
    const int behind = rtp::distance(live_.view.sequence(), entry.packet.sequence());
    if (behind >= 0) continue;  // A copy of the live packet, or a packet that overtook it.
    const std::optional<rtp::AudioLevel> level = entry.packet.audio_level(level_extension_);
    packets.views[packets.count] = &entry.packet;
    packets.descriptions[packets.count] =
        in_numbers(entry.packet, entry.arrival_ns,
                   live_.description.sequence + static_cast<uint32_t>(int32_t{behind}),
                   level ? level->level : kSilence, VECHE_PACKET_PREROLL);
    ++packets.count;
  }
}

LanePacket Preroll::packet(size_t index) const noexcept {
  const veche_packet& description = packets_->descriptions[index];
  return {*packets_->views[index], description.arrival_ns,
          as_written(description.level, has_levels_), description};
}

}  // namespace veche::media
