// SPDX-License-Identifier: Apache-2.0
// The positions of the parts of an RTP header (RFC 3550 section 5.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/big_endian.hpp"

namespace veche::rtp {

inline constexpr size_t kFixedHeaderSize = 12;
inline constexpr size_t kExtensionHeaderSize = 4;  ///< Profile and length.

inline bool is_version_2(std::span<const uint8_t> bytes) noexcept { return bytes[0] >> 6 == 2; }

struct HeaderLayout {
  size_t size;            ///< With CSRCs and header extension, which SRTP leaves in the clear.
  size_t extension_size;  ///< Including its own header, at the end of all; 0: none.
};

/// Nothing if the bytes do not hold a whole header of version 2.
inline std::optional<HeaderLayout> header_layout(std::span<const uint8_t> bytes) noexcept {
  if (bytes.size() < kFixedHeaderSize || !is_version_2(bytes)) return std::nullopt;
  HeaderLayout layout{kFixedHeaderSize + (bytes[0] & 0x0fu) * size_t{4}, 0};
  const bool has_extension = (bytes[0] & 0x10) != 0;
  if (has_extension) {
    if (bytes.size() < layout.size + kExtensionHeaderSize) return std::nullopt;
    layout.extension_size = kExtensionHeaderSize + read_u16(&bytes[layout.size + 2]) * size_t{4};
    layout.size += layout.extension_size;
  }
  if (bytes.size() < layout.size) return std::nullopt;
  return layout;
}

}  // namespace veche::rtp
