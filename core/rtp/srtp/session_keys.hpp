// SPDX-License-Identifier: Apache-2.0
// Derives the keys of SRTP or SRTCP from the master key (RFC 3711 section 4.3, RFC 7714 section
// 11).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/result.hpp"

namespace veche::rtp {

enum class SrtpProtocol { Rtp = 1, Rtcp };

/// The destructor zeroes them. Keys that a profile does not use are derived too.
struct SessionKeys {
  std::array<uint8_t, 32> cipher{};  ///< AES-128 uses the first half.
  std::array<uint8_t, 20> auth{};
  std::array<uint8_t, 14> salt{};  ///< AEAD uses the first 12 bytes.

  SessionKeys() = default;
  SessionKeys(const SessionKeys&) = default;
  SessionKeys& operator=(const SessionKeys&) = default;
  ~SessionKeys();

  /// The key derivation rate is 0: one set of keys for the life of the session. `master_key` has 16
  /// or 32 bytes, `master_salt` up to 14. Fails only if OpenSSL does.
  static Result<SessionKeys> derive(std::span<const uint8_t> master_key,
                                    std::span<const uint8_t> master_salt, SrtpProtocol protocol);
};

}  // namespace veche::rtp
