// SPDX-License-Identifier: Apache-2.0
// Checks version, length and padding of each RTCP packet.
#include "rtp/rtcp/rtcp_reader.hpp"

#include <algorithm>
#include <string_view>

#include "base/big_endian.hpp"

namespace veche::rtp {
namespace {

/// After the two SSRCs of a feedback packet.
bool names_remb(std::span<const uint8_t> body) noexcept {
  constexpr std::string_view kName = "REMB";
  constexpr size_t kAt = 8;
  return body.size() >= kAt + kName.size() &&
         std::equal(kName.begin(), kName.end(), body.begin() + kAt);
}

RtcpKind transport_feedback_kind(uint8_t format) noexcept {
  switch (format) {
    case kNackFormat: return RtcpKind::Nack;
    case kTransportCcFormat: return RtcpKind::TransportCc;
    default: return RtcpKind::Unknown;
  }
}

RtcpKind payload_feedback_kind(uint8_t format, std::span<const uint8_t> body) noexcept {
  switch (format) {
    case kPliFormat: return RtcpKind::Pli;
    case kFirFormat: return RtcpKind::Fir;
    case kApplicationFormat: return names_remb(body) ? RtcpKind::Remb : RtcpKind::Unknown;
    default: return RtcpKind::Unknown;
  }
}

}  // namespace

RtcpKind RtcpPacket::kind() const noexcept {
  switch (type) {
    case kSenderReportType: return RtcpKind::SenderReport;
    case kReceiverReportType: return RtcpKind::ReceiverReport;
    case kSourceDescriptionType: return RtcpKind::SourceDescription;
    case kByeType: return RtcpKind::Bye;
    case kTransportFeedbackType: return transport_feedback_kind(count);
    case kPayloadFeedbackType: return payload_feedback_kind(count, body);
    default: return RtcpKind::Unknown;
  }
}

std::optional<RtcpPacket> RtcpReader::next() noexcept {
  if (rest_.empty() || refused_) return std::nullopt;
  refused_ = true;
  if (rest_.size() < kRtcpHeaderSize || rest_[0] >> 6 != 2) return std::nullopt;
  const size_t size = (read_u16(&rest_[2]) + size_t{1}) * 4;
  if (size > rest_.size()) return std::nullopt;
  size_t padding = 0;
  const bool has_padding = (rest_[0] & 0x20) != 0;
  if (has_padding) {
    // RFC 3550 section 6.4.1 requires whole words of padding, in the last packet only. Chromium
    // pads its transport-cc feedback by one to three bytes, and may append another packet.
    padding = rest_[size - 1];
    if (padding == 0 || padding > size - kRtcpHeaderSize) return std::nullopt;
  }
  refused_ = false;
  const RtcpPacket packet{.type = rest_[1],
                          .count = static_cast<uint8_t>(rest_[0] & 0x1f),
                          .body = rest_.subspan(kRtcpHeaderSize, size - kRtcpHeaderSize - padding)};
  rest_ = rest_.subspan(size);
  return packet;
}

}  // namespace veche::rtp
