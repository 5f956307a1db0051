// SPDX-License-Identifier: Apache-2.0
// Tells which protocol a datagram belongs to when all share a port (RFC 7983, RFC 5761).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace veche::media {

enum class DatagramKind { Stun = 1, Dtls, Srtp, Srtcp, Other };

/// [any] Judges by the first bytes and the length of the smallest header; what follows is not
/// looked at, so the protocol's own parser still has to check all of it. TURN channels and ZRTP are
/// Other.
inline DatagramKind classify(std::span<const uint8_t> datagram) noexcept {
  constexpr size_t kStunHeader = 20, kDtlsRecordHeader = 13, kRtpHeader = 12, kRtcpHeader = 8;
  if (datagram.empty()) return DatagramKind::Other;
  const uint8_t first = datagram[0];
  const size_t size = datagram.size();
  if (first <= 3) return size >= kStunHeader ? DatagramKind::Stun : DatagramKind::Other;
  if (first >= 20 && first <= 63) {
    return size >= kDtlsRecordHeader ? DatagramKind::Dtls : DatagramKind::Other;
  }
  if (first < 128 || first > 191 || size < kRtcpHeader) return DatagramKind::Other;
  // RFC 5761 section 4: these packet types never are an RTP payload type with its marker bit.
  if (datagram[1] >= 192 && datagram[1] <= 223) return DatagramKind::Srtcp;
  return size >= kRtpHeader ? DatagramKind::Srtp : DatagramKind::Other;
}

}  // namespace veche::media
