// SPDX-License-Identifier: Apache-2.0
// Reads transport-cc feedback: which packets of a whole transport arrived, and when
// (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/rtcp/rtcp_reader.hpp"
#include "rtp/rtcp/status_chunk.hpp"

namespace veche::rtp {

/// Returns the packets that arrived; numbers between them are missing. The packet's size bounds the
/// work, although a few bytes can stand for thousands of missing packets.
class TransportFeedbackReader {
 public:
  static constexpr int64_t kTickUs = 250;
  static constexpr int64_t kReferenceUs = 64'000;

  /// Nothing if the packet is of another kind, covers no packet, uses the reserved status, or ends
  /// before its last delta.
  static std::optional<TransportFeedbackReader> parse(const RtcpPacket& packet) noexcept;

  struct Arrival {
    uint16_t sequence = 0;
    int64_t time_us = 0;  ///< On the receiver's clock, modulo 24 bits of 64 ms.
    bool operator==(const Arrival&) const = default;
  };
  /// In the order of the numbers, not of arrival.
  std::optional<Arrival> next() noexcept;

  uint32_t sender_ssrc() const noexcept { return sender_ssrc_; }
  uint32_t media_ssrc() const noexcept { return media_ssrc_; }
  uint16_t base_sequence() const noexcept { return base_sequence_; }
  /// The count of covered numbers, starting at the first.
  uint16_t status_count() const noexcept { return status_count_; }
  uint8_t feedback_count() const noexcept { return feedback_count_; }
  /// The start of the feedback's time.
  int64_t reference_us() const noexcept { return reference_us_; }

 private:
  /// Finds the start of the deltas; false if chunks or deltas are missing or reserved.
  bool find_deltas() noexcept;
  StatusChunk chunk_at(size_t at) const noexcept;

  uint32_t sender_ssrc_ = 0;
  uint32_t media_ssrc_ = 0;
  uint16_t base_sequence_ = 0;
  uint16_t status_count_ = 0;
  uint8_t feedback_count_ = 0;
  int64_t reference_us_ = 0;
  std::span<const uint8_t> rest_;  ///< Chunks, then deltas.

  size_t chunk_ = 0;        ///< Offset of the current chunk in rest_.
  size_t chunk_begin_ = 0;  ///< The number of statuses before it.
  size_t status_ = 0;       ///< The next status.
  size_t delta_ = 0;        ///< Offset of the next delta in rest_.
  int64_t time_us_ = 0;
};

}  // namespace veche::rtp
