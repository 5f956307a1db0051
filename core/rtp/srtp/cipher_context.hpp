// SPDX-License-Identifier: Apache-2.0
// OpenSSL's cipher context with a fixed key and changing IVs.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <span>

#include "base/prefetch.hpp"

namespace veche::rtp {

struct CipherContextDeleter {
  /// Zeroes the key too.
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherContextDeleter>;

/// Null if OpenSSL fails. `key` has the cipher's size.
inline CipherContext make_cipher_context(const EVP_CIPHER* cipher, std::span<const uint8_t> key,
                                         bool encrypts) {
  CipherContext context(EVP_CIPHER_CTX_new());
  if (!context || EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr,
                                    encrypts ? 1 : 0) != 1) {
    return nullptr;
  }
  return context;
}

/// A hint. OpenSSL does not say where it keeps the key schedule. It is usually the next allocation,
/// so it lies after the context.
inline void prefetch_context(const EVP_CIPHER_CTX* context) noexcept {
  constexpr size_t kContextAndKeys = 640;
  prefetch(context, kContextAndKeys);
}

/// Keeps the key and the direction.
inline bool set_iv(EVP_CIPHER_CTX* context, const uint8_t* iv) noexcept {
  return EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, iv, -1) == 1;
}

/// Encrypts or decrypts in place.
inline bool transform(EVP_CIPHER_CTX* context, std::span<uint8_t> bytes) noexcept {
  int written = 0;
  return EVP_CipherUpdate(context, bytes.data(), &written, bytes.data(),
                          static_cast<int>(bytes.size())) == 1;
}

}  // namespace veche::rtp
