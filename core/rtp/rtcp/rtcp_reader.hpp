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
inline constexpr uint8_t kApplicationFormat = 15;  ///< REMB is one of them.

inline constexpr size_t kRtcpHeaderSize = 4;

/// Each of them has a view with a `parse` in reports.hpp, feedback.hpp or
/// transport_feedback_reader.hpp.
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

/// One packet of a datagram. Valid as long as the datagram's bytes are.
struct RtcpPacket {
  uint8_t type = 0;
  uint8_t count = 0;              ///< The five bits: number of blocks, or feedback message type.
  std::span<const uint8_t> body;  ///< What follows the common header, without padding.

  /// By type and count; whether the body is long enough, the view's parse() says.
  RtcpKind kind() const noexcept;
};

/// Hands out the packets one by one, those of unknown types too. What follows a broken header is
/// refused.
class RtcpReader {
 public:
  explicit RtcpReader(std::span<const uint8_t> datagram) noexcept : rest_(datagram) {}
  /// Nothing at the end, and where the bytes are no RTCP packet of version 2.
  std::optional<RtcpPacket> next() noexcept;
  /// True if bytes were left that are no packet.
  bool refused() const noexcept { return refused_; }

 private:
  std::span<const uint8_t> rest_;
  bool refused_ = false;
};

}  // namespace veche::rtp
