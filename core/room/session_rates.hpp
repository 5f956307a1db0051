// SPDX-License-Identifier: Apache-2.0
// Rates and losses of one session, from counters that only grow. Pure.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "media/session.hpp"

namespace veche::room {

/// Of a packet below RTP: IPv4, UDP, and the longest tag of SRTP (RFC 7714).
inline constexpr uint32_t kBytesBelowRtp = 20 + 8 + 16;
/// The headers of a packet on its way to a listener: those, RTP, one CSRC, and the extension with
/// the audio level.
inline constexpr uint32_t kHeaderBytes = kBytesBelowRtp + 12 + 4 + 8;

class SessionRates {
 public:
  /// Call it about every 100 ms.
  void update(const media::SessionStatistics& now, int64_t now_ns);

  /// Of the newest reports: 0 to 1.
  float loss_in() const { return loss_in_.part(); }
  float loss_out() const { return loss_out_.part(); }
  float slot_loss(size_t slot) const { return slot < slots_.size() ? slots_[slot].loss.part() : 0; }
  float track_loss(size_t track) const {
    return track < tracks_.size() ? tracks_[track].loss.part() : 0;
  }

  /// With all headers.
  uint32_t received_bps() const { return in_.bps(); }
  uint32_t sent_bps() const { return out_.bps(); }
  /// Packets of RTP.
  uint32_t slot_bps(size_t slot) const {
    return slot < slots_.size() ? slots_[slot].bits.bps() : 0;
  }
  /// Payload alone.
  uint32_t track_bps(size_t track) const {
    return track < tracks_.size() ? tracks_[track].bits.bps() : 0;
  }
  /// Rounded.
  uint32_t track_packets_per_s(size_t track) const {
    return track < tracks_.size() ? tracks_[track].packets.per_s() : 0;
  }

 private:
  /// What all averages of one update have in common.
  struct Step {
    double per_s;   ///< What grows by one in this time, grows by this in a second.
    double weight;  ///< Of what has passed in this time, in an average over about a second.
  };

  class Rate {
   public:
    void update(uint64_t count, const Step& step);
    uint32_t bps() const { return static_cast<uint32_t>(per_s_ * 8); }
    uint32_t per_s() const { return static_cast<uint32_t>(std::lround(per_s_)); }

   private:
    uint64_t count_ = 0;
    double per_s_ = 0;
  };

  /// Losses become known with reports, which are seconds apart, so they are a part of the packets
  /// that these reports are about, and not of those of the last 100 ms.
  class Loss {
   public:
    /// `lost` and `expected`: of all reports since the session began.
    void update(int64_t lost, int64_t expected, int64_t now_ns);
    float part() const { return part_; }

   private:
    int64_t lost_ = 0, expected_ = 0;  // When part_ was measured.
    int64_t measured_ns_ = 0;          // 0: not yet.
    float part_ = 0;
  };

  struct SlotRates {
    Rate bits;
    Loss loss;
  };
  struct TrackRates {
    Rate bits, packets;
    Loss loss;
  };

  int64_t last_ns_ = 0;
  Loss loss_in_, loss_out_;
  Rate in_, out_;
  std::vector<SlotRates> slots_;
  std::vector<TrackRates> tracks_;
};

}  // namespace veche::room
