// SPDX-License-Identifier: Apache-2.0
// AES in counter mode with HMAC-SHA1 (RFC 3711 sections 4.1.1 and 4.2.1).
#pragma once

#include "rtp/srtp/cipher_context.hpp"
#include "rtp/srtp/hmac_sha1.hpp"
#include "rtp/srtp/packet_cipher.hpp"

namespace veche::rtp {

class AesCmCipher final : public PacketCipher {
 public:
  /// `context` is AES in counter mode with the session's key.
  AesCmCipher(CipherContext context, const SessionKeys& keys) noexcept;
  ~AesCmCipher() override;
  AesCmCipher(const AesCmCipher&) = delete;
  AesCmCipher& operator=(const AesCmCipher&) = delete;

  void prefetch() const noexcept override { prefetch_context(context_.get()); }
  bool seal(const CipherInput& packet, std::span<uint8_t> tag) noexcept override;
  bool open(const CipherInput& packet, std::span<uint8_t> tag) noexcept override;

 private:
  bool apply_key_stream(const CipherInput& packet) noexcept;
  HmacSha1::Digest digest_of(const CipherInput& packet) const noexcept;

  CipherContext context_;
  HmacSha1 hmac_;
  std::array<uint8_t, 14> salt_;
};

}  // namespace veche::rtp
