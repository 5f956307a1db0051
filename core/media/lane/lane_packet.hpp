// SPDX-License-Identifier: Apache-2.0
// A packet on its way through a lane: parsed and described once for all its listeners.
#pragma once

#include <veche/packet_policy.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/feed/packet_times.hpp"
#include "rtp/history.hpp"
#include "rtp/packet_view.hpp"

namespace veche::media {

struct LanePacket {
  rtp::PacketView view;
  int64_t capture_ns = 0;
  std::optional<rtp::AudioLevel> level;  ///< As received; nothing: the track sends none.
  veche_packet description{};            ///< For the packet policy.
};

/// `level`: 127 if the packet has none. `has_levels`: the track sends levels.
LanePacket describe(const rtp::PacketView& view, const PacketTimes& times, uint32_t sequence,
                    uint8_t level, bool has_levels) noexcept;

/// The packets of a track before one that is the first in some slot. They are described when the
/// first listener asks, then for all listeners of that packet.
class Preroll {
 public:
  static constexpr size_t kMostPackets = 16;

  /// The arguments outlive it.
  Preroll(const rtp::History& history, uint8_t level_extension, bool has_levels,
          const LanePacket& live) noexcept
      : history_(history),
        level_extension_(level_extension),
        has_levels_(has_levels),
        live_(live) {}

  /// Oldest first.
  std::span<const veche_packet> descriptions() noexcept;
  /// The packet for that description.
  LanePacket packet(size_t index) const noexcept;

 private:
  struct Packets {
    // Not defaulted: the arrays stay uninitialised until they are filled, and clang 14 accepts it.
    Packets() noexcept {}

    size_t count = 0;
    std::array<veche_packet, kMostPackets> descriptions;
    std::array<const rtp::PacketView*, kMostPackets> views;
  };
  void collect(Packets& packets) const noexcept;

  const rtp::History& history_;
  const uint8_t level_extension_;
  const bool has_levels_;
  const LanePacket& live_;
  std::optional<Packets> packets_;
};

}  // namespace veche::media
