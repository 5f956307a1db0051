// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA1 (RFC 2104) that hashes its key once, not once per packet.
#pragma once

#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <span>

namespace veche::rtp {

/// The destructor zeroes the key's states.
class HmacSha1 {
 public:
  using Digest = std::array<uint8_t, 20>;

  /// A key of up to 64 bytes.
  explicit HmacSha1(std::span<const uint8_t> key) noexcept;
  ~HmacSha1();
  HmacSha1(const HmacSha1&) = delete;
  HmacSha1& operator=(const HmacSha1&) = delete;

  /// Of `bytes` followed by the others.
  Digest digest(std::span<const uint8_t> bytes, std::span<const uint8_t> rest) const noexcept;

 private:
  SHA_CTX inner_, outer_;  ///< After the key's first block.
};

}  // namespace veche::rtp
