// SPDX-License-Identifier: Apache-2.0
// Bounds what one publisher makes the server carry: packets and bytes of a track.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "media/settings.hpp"

namespace veche::media {

/// Two token buckets, full at first. Each knows only the moment at which it is full again. One
/// thread.
class TrackLimit {
 public:
  /// The depth of both buckets: what a client has gathered while its network was gone is let
  /// through.
  static constexpr int64_t kBurstNs = 2 * kNsPerS;
  /// They refill faster than the rates say, by this part: a client whose packets are of 10 ms and
  /// that resends lost ones is at the default limit, and honest.
  static constexpr int64_t kToleranceParts = 10;

  explicit TrackLimit(const TrackRates& rates) noexcept
      : packet_ns_(kNsPerS * kToleranceParts / (int64_t{rates.packets_per_s} * kRefill)),
        byte_ns_(8 * kNsPerS * kToleranceParts / (int64_t{rates.bitrate_bps} * kRefill)) {}

  /// Takes the tokens of one packet. False, and nothing is taken, if there are too few.
  bool take(size_t bytes, int64_t now_ns) noexcept {
    const int64_t packets_full_ns = std::max(packets_full_ns_, now_ns) + packet_ns_;
    const int64_t bytes_full_ns =
        std::max(bytes_full_ns_, now_ns) + static_cast<int64_t>(bytes) * byte_ns_;
    if (std::max(packets_full_ns, bytes_full_ns) - now_ns > kBurstNs) return false;
    packets_full_ns_ = packets_full_ns;
    bytes_full_ns_ = bytes_full_ns;
    return true;
  }

 private:
  static constexpr int64_t kRefill = kToleranceParts + 1;

  int64_t packet_ns_, byte_ns_;
  int64_t packets_full_ns_ = 0, bytes_full_ns_ = 0;
};

/// What one thread has handed to one lane for a track, and what the lane has not handled yet: at
/// most kMost, so that one track cannot fill the inbox that all rooms of a lane share.
class InboxShare {
 public:
  static constexpr uint32_t kMost = 128;

  /// `handled`: how many packets of the track the lane has handled, ever. It is read only when the
  /// share seems to be used up, because the lane writes it all the time.
  template <class ReadHandled>
  bool has_place(ReadHandled&& handled) noexcept {
    if (posted_ - handled_ < kMost) return true;
    handled_ = handled();
    return posted_ - handled_ < kMost;
  }
  void post() noexcept { ++posted_; }

 private:
  uint32_t posted_ = 0, handled_ = 0;  // They wrap together.
};

}  // namespace veche::media
