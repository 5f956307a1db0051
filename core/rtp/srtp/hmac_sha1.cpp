// SPDX-License-Identifier: Apache-2.0
// Keeps SHA-1's states after the key's inner and outer block, and continues from copies of them.
#include "rtp/srtp/hmac_sha1.hpp"

#include <openssl/crypto.h>

#include <cassert>

// OpenSSL 3 deprecates SHA1_Update() and related functions in favour of EVP. Copying an EVP context
// or resetting an EVP_MAC allocates, and makes the digest of a packet of 100 bytes 1.6 and 2 times
// as expensive. The functions use the same assembly.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
namespace veche::rtp {
namespace {

constexpr uint8_t kInnerPad = 0x36, kOuterPad = 0x5c;

void begin(SHA_CTX& state, std::span<const uint8_t> key, uint8_t pad) {
  std::array<uint8_t, SHA_CBLOCK> block;
  block.fill(pad);
  for (size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
  SHA1_Init(&state);
  SHA1_Update(&state, block.data(), block.size());
  OPENSSL_cleanse(block.data(), block.size());
}

}  // namespace

HmacSha1::HmacSha1(std::span<const uint8_t> key) noexcept {
  assert(key.size() <= SHA_CBLOCK);
  begin(inner_, key, kInnerPad);
  begin(outer_, key, kOuterPad);
}

HmacSha1::~HmacSha1() {
  OPENSSL_cleanse(&inner_, sizeof inner_);
  OPENSSL_cleanse(&outer_, sizeof outer_);
}

HmacSha1::Digest HmacSha1::digest(std::span<const uint8_t> bytes,
                                  std::span<const uint8_t> rest) const noexcept {
  Digest digest;
  SHA_CTX state = inner_;
  SHA1_Update(&state, bytes.data(), bytes.size());
  SHA1_Update(&state, rest.data(), rest.size());
  SHA1_Final(digest.data(), &state);
  state = outer_;
  SHA1_Update(&state, digest.data(), digest.size());
  SHA1_Final(digest.data(), &state);
  return digest;
}

}  // namespace veche::rtp

#pragma GCC diagnostic pop
