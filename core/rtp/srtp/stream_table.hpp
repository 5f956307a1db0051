// SPDX-License-Identifier: Apache-2.0
// SRTP's state of each SSRC, for a bounded number of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/prefetch.hpp"
#include "rtp/srtp/replay_window.hpp"
#include "rtp/srtp/srtp_receiver.hpp"

namespace veche::rtp {

struct SrtpStream {
  static constexpr uint64_t kMaxRtpIndex = (uint64_t{1} << 48) - 1;
  static constexpr uint32_t kMaxRtcpIndex = 0x7fffffff;

  uint32_t ssrc = 0;
  ReplayWindow<SrtpReceiver::kRtpWindow> rtp;
  ReplayWindow<SrtpReceiver::kRtcpWindow> rtcp;

  /// The rollover counter and the sequence number (RFC 3711 section 3.3.1). Nothing if it would
  /// precede the first index or exceed the last one.
  std::optional<uint64_t> rtp_index(uint16_t sequence) const noexcept {
    if (!rtp.newest()) return sequence;
    const auto newest = static_cast<uint16_t>(*rtp.newest());
    uint64_t rollovers = *rtp.newest() >> 16;
    if (newest < 0x8000 && sequence - newest > 0x8000) {
      if (rollovers == 0) return std::nullopt;
      --rollovers;
    } else if (newest >= 0x8000 && newest - sequence > 0x8000) {
      ++rollovers;
    }
    const uint64_t index = rollovers << 16 | sequence;
    if (index > kMaxRtpIndex) return std::nullopt;
    return index;
  }

  /// For a sender. The RFC begins with 0; libsrtp2, which most peers run, begins with 1.
  std::optional<uint32_t> next_rtcp_index() const noexcept {
    if (rtcp.newest() == kMaxRtcpIndex) return std::nullopt;
    return static_cast<uint32_t>(rtcp.newest().value_or(0) + 1);
  }
};

/// No allocation after the constructor. One thread.
class StreamTable {
 public:
  explicit StreamTable(size_t capacity) : capacity_(capacity) { streams_.reserve(capacity); }

  /// A hint: the first streams will be looked up.
  void prefetch() const noexcept { veche::prefetch(streams_.data()); }
  /// Null if the SSRC is unknown. Valid until the next add().
  SrtpStream* find(uint32_t ssrc) noexcept {
    const auto place = place_of(ssrc);
    return place != streams_.end() && place->ssrc == ssrc ? &*place : nullptr;
  }

  /// Requires that find() does not know the SSRC. Null if the table is full.
  SrtpStream* add(uint32_t ssrc) noexcept {
    if (streams_.size() == capacity_) return nullptr;
    return &*streams_.insert(place_of(ssrc), SrtpStream{.ssrc = ssrc, .rtp = {}, .rtcp = {}});
  }

 private:
  std::vector<SrtpStream>::iterator place_of(uint32_t ssrc) noexcept {
    return std::lower_bound(
        streams_.begin(), streams_.end(), ssrc,
        [](const SrtpStream& stream, uint32_t wanted) { return stream.ssrc < wanted; });
  }

  const size_t capacity_;
  std::vector<SrtpStream> streams_;  ///< Sorted by SSRC.
};

}  // namespace veche::rtp
