// SPDX-License-Identifier: Apache-2.0
// Remembers when the packets of one transport arrived, and tells their sender by transport-cc
// feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "rtp/rtcp/rtcp_writer.hpp"
#include "rtp/sequence.hpp"

namespace veche::rtp {

/// One of each publisher that negotiated it. A packet that comes after it was reported missing is
/// reported again, with what followed it, as Chromium does. One thread.
class TransportFeedback {
 public:
  /// `sequence` is the transport-wide one, of the header extension. The first of duplicates counts;
  /// what is further behind the newest than kWindow is left out.
  void record(uint16_t sequence, int64_t arrival_ns) noexcept;
  /// How many sequence numbers write() has to speak of.
  uint32_t pending() const noexcept {
    return started_ ? static_cast<uint32_t>(std::max(ahead(newest_ + 1, next_), 0)) : 0;
  }

  /// Adds one feedback packet; the rest, if one does not hold all, is for the next call. False if
  /// nothing is pending, or the writer has less room than kMinRoom. `media_ssrc` is any SSRC of the
  /// publisher. Every 50 to 100 ms is a good rhythm.
  bool write(RtcpWriter& out, uint32_t sender_ssrc, uint32_t media_ssrc) noexcept;

  /// Of a gap of more packets nothing is said but what came after it.
  static constexpr uint32_t kWindow = 1024;
  /// Enough for one packet that arrived after the longest gap.
  static constexpr size_t kMinRoom = 320;

 private:
  /// Arrival in units of 250 us. It wraps just as the reference time of the feedback does, which
  /// has 24 bits of 64 ms.
  struct Entry {
    uint32_t sequence = 0;  ///< Extended.
    uint32_t arrival = 0;
  };
  struct Draft;

  static int32_t ahead(uint32_t sequence, uint32_t of) noexcept {
    return static_cast<int32_t>(sequence - of);
  }
  const Entry* find(uint32_t sequence) const noexcept;
  /// Takes as many packets as fit.
  void collect(size_t room, Draft& draft) const noexcept;

  SequenceExtender extender_;
  bool started_ = false;
  uint32_t next_ = 0;    ///< The first that the next feedback speaks of.
  uint32_t newest_ = 0;  ///< The highest that has arrived.
  uint8_t feedback_count_ = 0;
  std::array<Entry, kWindow> entries_{};
};

}  // namespace veche::rtp
