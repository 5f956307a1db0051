// SPDX-License-Identifier: Apache-2.0
// Makes one continuous stream of the sources (SSRCs) that a publisher uses in turn for one track.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/packet_view.hpp"

namespace veche::rtp {

/// Everything behind it, from the pre-roll to listeners and taps, sees one source: its SSRC stays,
/// sequence numbers continue by one, and timestamps continue by the elapsed time in whole frames.
/// The first packet of another source has the marker. One thread, no allocation.
class StreamJoiner {
 public:
  /// `ssrc`: of the joined stream, as the offer announces it; nothing: that of the first packet.
  explicit StreamJoiner(std::optional<uint32_t> ssrc = {}, uint32_t clock_rate = 48000) noexcept;

  /// The packet as one of the joined stream: itself if nothing changes, else a copy in `memory`.
  /// Nothing if it must not go on: it is a late one of the source before, it precedes the first
  /// packet of its own, or it does not fit. `memory` outlives the view.
  std::optional<PacketView> join(const PacketView& packet, int64_t arrival_ns,
                                 std::span<uint8_t> memory) noexcept;

  /// The former source may take over again once the present one has been silent for this long.
  /// Until then its packets are late: they were overtaken, or resent.
  static constexpr int64_t kLateNs = 200'000'000;

 private:
  bool is_late(const PacketView& packet, int64_t arrival_ns) noexcept;
  void begin_stream(const PacketView& packet) noexcept;
  void begin_source(const PacketView& packet, int64_t arrival_ns) noexcept;

  std::optional<uint32_t> ssrc_;
  const uint32_t clock_rate_;

  // Of the present source.
  bool started_ = false;
  bool unchanged_ = false;  ///< Its packets are those of the joined stream.
  uint8_t settling_ = 0;    ///< Until this many more packets, earlier ones may arrive late.
  uint16_t first_ = 0;
  uint16_t sequence_offset_ = 0;
  uint32_t timestamp_offset_ = 0;
  uint32_t source_ = 0, former_ = 0;  ///< SSRCs.

  // The newest packet of the joined stream.
  uint16_t newest_ = 0;
  uint32_t newest_timestamp_ = 0;
  int64_t newest_arrival_ns_ = 0;
};

}  // namespace veche::rtp
