// SPDX-License-Identifier: Apache-2.0
// Appends RTCP packets to the caller's buffer: the counterparts of the views in reports.hpp,
// feedback.hpp and transport_feedback_reader.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rtp/rtcp/feedback.hpp"
#include "rtp/rtcp/reports.hpp"

namespace veche::rtp {

/// Each add_* returns false, and writes nothing, if there is no room or the items exceed what one
/// packet can hold.
///
/// Regular reports begin with a sender or receiver report and have a CNAME (RFC 3550 section 6.1);
/// feedback between them may stand alone where rtcp-rsize was negotiated (RFC 5506).
class RtcpWriter {
 public:
  explicit RtcpWriter(std::span<uint8_t> out) noexcept : out_(out) {}

  /// At most kMaxBlocks.
  bool add_sender_report(uint32_t ssrc, const SenderInfo& info,
                         std::span<const ReportBlock> blocks) noexcept;
  bool add_receiver_report(uint32_t ssrc, std::span<const ReportBlock> blocks) noexcept;
  /// At most 255 bytes.
  bool add_cname(uint32_t ssrc, std::string_view name) noexcept;
  /// At most kMaxBlocks.
  bool add_bye(std::span<const uint32_t> ssrcs) noexcept;
  /// Consecutive numbers in ascending order share an item; an empty list is refused.
  bool add_nack(uint32_t sender_ssrc, uint32_t media_ssrc,
                std::span<const uint16_t> sequences) noexcept;
  bool add_pli(uint32_t sender_ssrc, uint32_t media_ssrc) noexcept;
  bool add_fir(uint32_t sender_ssrc, std::span<const FirEntry> entries) noexcept;
  /// At most 255 SSRCs. The bit rate is rounded down to 18 significant bits.
  bool add_remb(uint32_t sender_ssrc, uint64_t bitrate_bps,
                std::span<const uint32_t> ssrcs) noexcept;
  /// The part after the SSRCs, made by TransportFeedback. It may get padding, which only the last
  /// packet of a datagram should have (RFC 3550 section 6.4.1).
  bool add_transport_feedback(uint32_t sender_ssrc, uint32_t media_ssrc,
                              std::span<const uint8_t> information) noexcept;

  std::span<const uint8_t> bytes() const noexcept { return out_.first(size_); }
  size_t room() const noexcept { return out_.size() - size_; }

 private:
  /// The body of a new packet; its size is a whole number of words. Null if there is no room.
  uint8_t* begin(uint8_t type, size_t count, size_t body_size) noexcept;
  uint8_t* begin_feedback(uint8_t type, uint8_t format, uint32_t sender_ssrc, uint32_t media_ssrc,
                          size_t information_size) noexcept;

  std::span<uint8_t> out_;
  size_t size_ = 0;
};

}  // namespace veche::rtp
