// SPDX-License-Identifier: Apache-2.0
// One pass over each packet; OpenSSL compares the tag in constant time.
#include "rtp/srtp/aes_gcm_cipher.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "rtp/srtp/nonce.hpp"
#include "rtp/srtp/packet_layout.hpp"

namespace veche::rtp {

AesGcmCipher::AesGcmCipher(CipherContext context, const SessionKeys& keys) noexcept
    : context_(std::move(context)) {
  std::copy_n(keys.salt.begin(), salt_.size(), salt_.begin());
}

AesGcmCipher::~AesGcmCipher() { OPENSSL_cleanse(salt_.data(), salt_.size()); }

bool AesGcmCipher::seal(const CipherInput& packet, std::span<uint8_t> tag) noexcept {
  int written = 0;
  return apply(packet) && EVP_CipherFinal_ex(context_.get(), tag.data(), &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                             tag.data()) == 1;
}

bool AesGcmCipher::open(const CipherInput& packet, std::span<uint8_t> tag) noexcept {
  int written = 0;
  return apply(packet) &&
         EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                             tag.data()) == 1 &&
         EVP_CipherFinal_ex(context_.get(), tag.data(), &written) == 1;
}

bool AesGcmCipher::apply(const CipherInput& packet) noexcept {
  auto iv = salt_;
  add_to_nonce(std::span(iv).subspan<2, 10>(), packet.ssrc, packet.index);
  if (!set_iv(context_.get(), iv.data()) || !authenticate(packet.bytes.first(packet.header_size))) {
    return false;
  }
  if (packet.srtcp_word) {
    std::array<uint8_t, kSrtcpIndexSize> word;
    write_u32(&word[0], *packet.srtcp_word);
    if (!authenticate(word)) return false;
  }
  return transform(context_.get(), packet.bytes.subspan(packet.header_size));
}

bool AesGcmCipher::authenticate(std::span<const uint8_t> bytes) noexcept {
  int read = 0;
  return EVP_CipherUpdate(context_.get(), nullptr, &read, bytes.data(),
                          static_cast<int>(bytes.size())) == 1;
}

}  // namespace veche::rtp
