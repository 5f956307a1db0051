// SPDX-License-Identifier: Apache-2.0
// Finds the packets of an RTCP datagram, compound (RFC 3550 section 6.1) or reduced-size (RFC
// 5506).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace veche::rtp {

/// Packet types of RFC 3550 section 12.1 and RFC 4585 section 6.1.
inline constexpr uint8_t kSenderReportType = 200;
inline constexpr uint8_t kReceiverReportType = 201;
inline constexpr uint8_t kSourceDescriptionType = 202;
inline constexpr uint8_t kByeType = 203;
inline constexpr uint8_t kTransportFeedbackType = 205;  ///< RTPFB.
inline constexpr uint8_t kPayloadFeedbackType = 206;    ///< PSFB.

/// Feedback message types: RFC 4585 section 6.2 and 6.3, RFC 5104 section 4.3.1.
inline constexpr uint8_t kNackFormat = 1;
inline constexpr uint8_t kTransportCcFormat = 15;
inline constexpr uint8_t kPliFormat = 1;
inline constexpr uint8_t kFirFormat = 4;
inline constexpr uint8_t kApplicationFormat = 15;  ///< REMB is one of these.

inline constexpr size_t kRtcpHeaderSize = 4;
/// Of the body of a feedback packet: the SSRCs of its sender and of the media source.
inline constexpr size_t kFeedbackHeaderSize = 8;

/// Each has a view with a `parse` in reports.hpp, feedback.hpp or transport_feedback_reader.hpp.
enum class RtcpKind {
  Unknown = 1,
  SenderReport,
  ReceiverReport,
  SourceDescription,
  Bye,
  Nack,
  TransportCc,
  Pli,
  Fir,
  Remb,
};

/// One packet of a datagram. Valid while the datagram's bytes are.
struct RtcpPacket {
  uint8_t type = 0;
  uint8_t count = 0;              ///< The five bits: number of blocks, or feedback message type.
  std::span<const uint8_t> body;  ///< The part after the common header, without padding.

  /// By type and count; the view's parse() checks the body's length.
  RtcpKind kind() const noexcept;
};

/// Returns the packets one by one, including unknown types. Bytes after a broken header are
/// refused.
class RtcpReader {
 public:
  explicit RtcpReader(std::span<const uint8_t> datagram) noexcept : rest_(datagram) {}
  /// Nothing at the end, and where the bytes are not an RTCP packet of version 2.
  std::optional<RtcpPacket> next() noexcept;
  /// True if bytes remain that are not a packet.
  bool refused() const noexcept { return refused_; }

 private:
  std::span<const uint8_t> rest_;
  bool refused_ = false;
};

}  // namespace veche::rtp
