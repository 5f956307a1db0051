// SPDX-License-Identifier: Apache-2.0
// Derives session keys with AES in counter mode (RFC 3711 sections 4.3.1 and 4.3.3).
#include "rtp/srtp/session_keys.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cassert>

#include "rtp/srtp/cipher_context.hpp"

namespace veche::rtp {
namespace {

constexpr size_t kLabelAt = 7;
constexpr uint8_t kCipherLabel = 0, kAuthLabel = 1, kSaltLabel = 2;
constexpr uint8_t kRtcpLabels = 3;  ///< SRTCP's labels are SRTP's plus this.

/// The key stream for the label. A shorter salt is padded with zeros.
bool derive_key(EVP_CIPHER_CTX* context, std::span<const uint8_t> master_salt, uint8_t label,
                std::span<uint8_t> key) {
  std::array<uint8_t, 16> iv{};
  std::copy(master_salt.begin(), master_salt.end(), iv.begin());
  iv[kLabelAt] ^= label;
  std::fill(key.begin(), key.end(), uint8_t{0});
  const bool derived = set_iv(context, iv.data()) && transform(context, key);
  OPENSSL_cleanse(iv.data(), iv.size());
  return derived;
}

}  // namespace

SessionKeys::~SessionKeys() {
  OPENSSL_cleanse(cipher.data(), cipher.size());
  OPENSSL_cleanse(auth.data(), auth.size());
  OPENSSL_cleanse(salt.data(), salt.size());
}

Result<SessionKeys> SessionKeys::derive(std::span<const uint8_t> master_key,
                                        std::span<const uint8_t> master_salt,
                                        SrtpProtocol protocol) {
  SessionKeys keys;
  assert(master_key.size() == 16 || master_key.size() == 32);
  assert(master_salt.size() <= keys.salt.size());
  const CipherContext context = make_cipher_context(
      master_key.size() == 16 ? EVP_aes_128_ctr() : EVP_aes_256_ctr(), master_key, true);
  const uint8_t first = protocol == SrtpProtocol::Rtcp ? kRtcpLabels : 0;
  const auto label = [first](uint8_t which) { return static_cast<uint8_t>(first + which); };
  if (!context || !derive_key(context.get(), master_salt, label(kCipherLabel), keys.cipher) ||
      !derive_key(context.get(), master_salt, label(kAuthLabel), keys.auth) ||
      !derive_key(context.get(), master_salt, label(kSaltLabel), keys.salt)) {
    return internal("OpenSSL cannot derive SRTP keys: AES in counter mode is not available");
  }
  return keys;
}

}  // namespace veche::rtp
