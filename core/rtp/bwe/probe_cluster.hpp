// SPDX-License-Identifier: Apache-2.0
// What became of the packets of one probe, and of the media between them.
#pragma once

#include <cstdint>

#include "rtp/bwe/packet_result.hpp"

namespace veche::rtp {

/// A probe passes if all that was sent while it lasted arrived as fast as it was sent.
class ProbeCluster {
 public:
  void begin(uint8_t cluster, int64_t now_us) noexcept;
  /// A packet of the probe was sent.
  void sent(int64_t now_us) noexcept;
  /// A result of any packet.
  void add(const PacketResult& result) noexcept;

  /// All of its packets have a result.
  bool is_complete() const noexcept {
    return packets_ > 0 && received_ + lost_ + unknown_ >= packets_;
  }
  bool is_empty() const noexcept { return packets_ == 0; }
  /// Too little feedback arrived to judge it.
  bool is_unclear() const noexcept { return unknown_ * 2 > packets_ || received_ < kFewest; }
  /// How much longer the probe's last packets were on their way than its first.
  int64_t growth_us() const noexcept;
  /// The probe's packets that are lost beyond this part, in 1/65536, and one.
  uint32_t lost_beyond(uint32_t part) const noexcept;
  /// What the link carried of all that was sent between the probe's first packet and its last, if
  /// this part is lost at any rate. Times without feedback do not count.
  uint32_t carried_bps(uint32_t floor) const noexcept;

  static constexpr uint32_t kFewest = 4;

 private:
  void add_pair(const PacketResult& result) noexcept;

  uint8_t cluster_ = 0;
  uint32_t packets_ = 0, received_ = 0, lost_ = 0, unknown_ = 0;
  int64_t begin_us_ = 0, end_us_ = 0;  ///< When packets of the probe were sent.
  int64_t first_way_us_ = 0;           ///< The shortest of the first two, with the clocks' offset.
  int64_t last_way_us_ = 0, before_us_ = 0;  ///< Of the last packet, and of the one before it.
  // Over the pairs of packets between which the fate of all is known.
  uint64_t bytes_ = 0, lost_bytes_ = 0;
  int64_t sent_us_ = 0, arrived_us_ = 0;
  bool has_last_ = false;
  int64_t last_sent_us_ = 0, last_arrival_us_ = 0;
};

}  // namespace veche::rtp
