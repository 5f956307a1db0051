// SPDX-License-Identifier: Apache-2.0
// Makes a packet's IV unique: adds SSRC and index to the session's salt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace veche::rtp {

/// RFC 3711 section 4.1.1 and RFC 7714 sections 8.1 and 9.1 differ only in this offset.
inline void add_to_nonce(std::span<uint8_t, 10> nonce, uint32_t ssrc, uint64_t index) noexcept {
  for (size_t i = 0; i < 4; ++i) nonce[i] ^= static_cast<uint8_t>(ssrc >> (24 - 8 * i));
  for (size_t i = 0; i < 6; ++i) nonce[4 + i] ^= static_cast<uint8_t>(index >> (40 - 8 * i));
}

}  // namespace veche::rtp
