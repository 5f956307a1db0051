// SPDX-License-Identifier: Apache-2.0
// AES in Galois/counter mode (RFC 7714).
#pragma once

#include <array>

#include "rtp/srtp/cipher_context.hpp"
#include "rtp/srtp/packet_cipher.hpp"

namespace veche::rtp {

class AesGcmCipher final : public PacketCipher {
 public:
  /// `context` is AES-GCM with the session's key and the direction that will be used.
  AesGcmCipher(CipherContext context, const SessionKeys& keys) noexcept;
  ~AesGcmCipher() override;
  AesGcmCipher(const AesGcmCipher&) = delete;
  AesGcmCipher& operator=(const AesGcmCipher&) = delete;

  void prefetch() const noexcept override { prefetch_context(context_.get()); }
  bool seal(const CipherInput& packet, std::span<uint8_t> tag) noexcept override;
  bool open(const CipherInput& packet, std::span<uint8_t> tag) noexcept override;

 private:
  /// Everything but the tag.
  bool apply(const CipherInput& packet) noexcept;
  bool authenticate(std::span<const uint8_t> bytes) noexcept;

  CipherContext context_;
  std::array<uint8_t, 12> salt_;
};

}  // namespace veche::rtp
