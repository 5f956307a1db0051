// SPDX-License-Identifier: Apache-2.0
// One key stream and one digest per packet.
#include "rtp/srtp/aes_cm_cipher.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "rtp/srtp/nonce.hpp"
#include "rtp/srtp/packet_layout.hpp"

namespace veche::rtp {

AesCmCipher::AesCmCipher(CipherContext context, const SessionKeys& keys) noexcept
    : context_(std::move(context)), hmac_(keys.auth), salt_(keys.salt) {}

AesCmCipher::~AesCmCipher() { OPENSSL_cleanse(salt_.data(), salt_.size()); }

bool AesCmCipher::seal(const CipherInput& packet, std::span<uint8_t> tag) noexcept {
  if (!apply_key_stream(packet)) return false;
  const auto digest = digest_of(packet);
  std::copy_n(digest.begin(), tag.size(), tag.begin());
  return true;
}

bool AesCmCipher::open(const CipherInput& packet, std::span<uint8_t> tag) noexcept {
  const auto digest = digest_of(packet);
  return CRYPTO_memcmp(digest.data(), tag.data(), tag.size()) == 0 && apply_key_stream(packet);
}

bool AesCmCipher::apply_key_stream(const CipherInput& packet) noexcept {
  std::array<uint8_t, 16> iv{};  // The last two bytes count the blocks.
  std::copy(salt_.begin(), salt_.end(), iv.begin());
  add_to_nonce(std::span(iv).subspan<4, 10>(), packet.ssrc, packet.index);
  return set_iv(context_.get(), iv.data()) &&
         transform(context_.get(), packet.bytes.subspan(packet.header_size));
}

/// SRTP authenticates the rollover counter after the packet, SRTCP its own word.
HmacSha1::Digest AesCmCipher::digest_of(const CipherInput& packet) const noexcept {
  std::array<uint8_t, 4> behind;
  write_u32(&behind[0], packet.srtcp_word.value_or(static_cast<uint32_t>(packet.index >> 16)));
  return hmac_.digest(packet.bytes, behind);
}

}  // namespace veche::rtp
