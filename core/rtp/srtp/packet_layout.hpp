// SPDX-License-Identifier: Apache-2.0
// The positions of the parts of SRTP and SRTCP packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/big_endian.hpp"
#include "rtp/header_layout.hpp"
#include "rtp/srtp/srtp_profile.hpp"

namespace veche::rtp {

inline constexpr size_t kMaxSrtpSize = 65535;
inline constexpr size_t kSrtcpHeaderSize = 8;            ///< To the end of the SSRC; not encrypted.
inline constexpr uint32_t kSrtcpEncrypted = 0x80000000;  ///< The E bit.

/// True if `trailer` more bytes fit after the first `size` bytes.
inline bool has_room(std::span<const uint8_t> buffer, size_t size, size_t trailer) noexcept {
  return size <= kMaxSrtpSize - trailer && size + trailer <= buffer.size();
}

/// The trailer of an RTCP packet: index and tag (RFC 3711 section 3.4), with AEAD in the other
/// order (RFC 7714 section 9).
struct SrtcpTrailer {
  SrtcpTrailer(SrtpProfile profile, size_t packet_size) noexcept
      : index_at(packet_size + (is_aead(profile) ? srtp_tag_size(profile) : 0)),
        tag_at(packet_size + (is_aead(profile) ? 0 : kSrtcpIndexSize)) {}

  /// The size of the trailer.
  static size_t size(SrtpProfile profile) noexcept {
    return kSrtcpIndexSize + srtp_tag_size(profile);
  }

  size_t index_at;
  size_t tag_at;
};

/// The E bit and the index. Nothing if it is not an SRTCP packet, or is not encrypted.
inline std::optional<uint32_t> srtcp_word(SrtpProfile profile,
                                          std::span<const uint8_t> packet) noexcept {
  const size_t trailer_size = SrtcpTrailer::size(profile);
  if (packet.size() < kSrtcpHeaderSize + trailer_size || packet.size() > kMaxSrtpSize ||
      !is_version_2(packet)) {
    return std::nullopt;
  }
  const SrtcpTrailer trailer(profile, packet.size() - trailer_size);
  const uint32_t word = read_u32(&packet[trailer.index_at]);
  if ((word & kSrtcpEncrypted) == 0) return std::nullopt;
  return word;
}

}  // namespace veche::rtp
