// SPDX-License-Identifier: Apache-2.0
// Where the parts of SRTP and SRTCP packets lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "rtp/srtp/srtp_profile.hpp"

namespace veche::rtp {

inline constexpr size_t kMaxSrtpSize = 65535;
inline constexpr size_t kSrtcpHeaderSize = 8;            ///< To the end of the SSRC; not encrypted.
inline constexpr uint32_t kSrtcpEncrypted = 0x80000000;  ///< The E bit.

/// The caller knows that the bytes are there.
inline uint16_t load_u16(std::span<const uint8_t> bytes, size_t at) noexcept {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
inline uint32_t load_u32(std::span<const uint8_t> bytes, size_t at) noexcept {
  return static_cast<uint32_t>(load_u16(bytes, at)) << 16 | load_u16(bytes, at + 2);
}
inline void store_u32(std::span<uint8_t> bytes, size_t at, uint32_t value) noexcept {
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

inline bool is_version_2(std::span<const uint8_t> bytes) noexcept { return bytes[0] >> 6 == 2; }

/// What is authenticated but not encrypted: with CSRCs and header extension. Nothing if it is not a
/// whole RTP header.
inline std::optional<size_t> rtp_header_size(std::span<const uint8_t> bytes) noexcept {
  constexpr size_t kFixed = 12;
  constexpr size_t kExtension = 4;
  if (bytes.size() < kFixed || !is_version_2(bytes)) return std::nullopt;
  size_t size = kFixed + (bytes[0] & 0x0fu) * size_t{4};
  const bool has_extension = (bytes[0] & 0x10) != 0;
  if (has_extension) {
    if (bytes.size() < size + kExtension) return std::nullopt;
    size += kExtension + load_u16(bytes, size + 2) * size_t{4};
  }
  if (bytes.size() < size) return std::nullopt;
  return size;
}

/// True if `trailer` more bytes fit behind the first `size` ones.
inline bool has_room(std::span<const uint8_t> buffer, size_t size, size_t trailer) noexcept {
  return size <= kMaxSrtpSize - trailer && size + trailer <= buffer.size();
}

/// What stands behind an RTCP packet: index and tag (RFC 3711 section 3.4), with AEAD in the other
/// order (RFC 7714 section 9).
struct SrtcpTrailer {
  SrtcpTrailer(SrtpProfile profile, size_t packet_size) noexcept
      : index_at(packet_size + (is_aead(profile) ? srtp_tag_size(profile) : 0)),
        tag_at(packet_size + (is_aead(profile) ? 0 : kSrtcpIndexSize)) {}

  /// How many bytes it has.
  static size_t size(SrtpProfile profile) noexcept {
    return kSrtcpIndexSize + srtp_tag_size(profile);
  }

  size_t index_at;
  size_t tag_at;
};

/// The E bit and the index. Nothing if it is no SRTCP packet, or one that is not encrypted.
inline std::optional<uint32_t> srtcp_word(SrtpProfile profile,
                                          std::span<const uint8_t> packet) noexcept {
  const size_t trailer_size = SrtcpTrailer::size(profile);
  if (packet.size() < kSrtcpHeaderSize + trailer_size || packet.size() > kMaxSrtpSize ||
      !is_version_2(packet)) {
    return std::nullopt;
  }
  const SrtcpTrailer trailer(profile, packet.size() - trailer_size);
  const uint32_t word = load_u32(packet, trailer.index_at);
  if ((word & kSrtcpEncrypted) == 0) return std::nullopt;
  return word;
}

}  // namespace veche::rtp
