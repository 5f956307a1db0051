// SPDX-License-Identifier: Apache-2.0
// Records when the packets of one transport arrived, and reports it to their sender as transport-cc
// feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "rtp/rtcp/rtcp_writer.hpp"
#include "rtp/sequence.hpp"

namespace veche::rtp {

/// One for each publisher that negotiated it. A packet that arrives after it was reported missing
/// is reported again, with the packets after it, as Chromium does. One thread.
class TransportFeedback {
 public:
  /// `sequence` is the transport-wide number of the header extension. Duplicates and packets more
  /// than kWindow behind the newest are ignored.
  void record(uint16_t sequence, int64_t arrival_ns) noexcept;
  /// The number of sequence numbers that write() has to cover.
  uint32_t pending() const noexcept {
    return started_ ? static_cast<uint32_t>(std::max(ahead(newest_ + 1, next_), 0)) : 0;
  }

  /// Adds one feedback packet; what does not fit is left to the next call. False if nothing is
  /// pending, or the writer has less room than kMinRoom. `media_ssrc` is any SSRC of the publisher.
  /// Call it every 50 to 100 ms.
  bool write(RtcpWriter& out, uint32_t sender_ssrc, uint32_t media_ssrc) noexcept;

  /// After a longer gap only the packets that follow it are reported.
  static constexpr uint32_t kWindow = 1024;
  /// Enough for one packet that arrives after the longest gap.
  static constexpr size_t kMinRoom = 320;

 private:
  /// Arrival in units of 250 us. It wraps exactly as the feedback's reference time, which has 24
  /// bits of 64 ms.
  struct Entry {
    uint32_t sequence = 0;  ///< Extended.
    uint32_t arrival = 0;
  };
  struct Draft;

  static int32_t ahead(uint32_t sequence, uint32_t of) noexcept {
    return static_cast<int32_t>(sequence - of);
  }
  const Entry* find(uint32_t sequence) const noexcept;
  /// Takes all packets that fit.
  void collect(size_t room, Draft& draft) const noexcept;

  SequenceExtender extender_;
  bool started_ = false;
  uint32_t next_ = 0;    ///< The first that the next feedback covers.
  uint32_t newest_ = 0;  ///< The highest that has arrived.
  uint8_t feedback_count_ = 0;
  std::array<Entry, kWindow> entries_{};
};

}  // namespace veche::rtp
