// SPDX-License-Identifier: Apache-2.0
// The protection profiles of SRTP and their sizes.
#pragma once

#include <cstddef>

namespace veche::rtp {

enum class SrtpProfile {
  Aes128CmHmacSha1 = 1,  ///< AES_CM_128_HMAC_SHA1_80 of RFC 3711: a tag of 10 bytes.
  AeadAes128Gcm,         ///< RFC 7714, with a tag of 16 bytes.
  AeadAes256Gcm,         ///< Likewise.
};

constexpr bool is_aead(SrtpProfile profile) { return profile != SrtpProfile::Aes128CmHmacSha1; }
constexpr size_t srtp_key_size(SrtpProfile profile) {
  return profile == SrtpProfile::AeadAes256Gcm ? 32 : 16;
}
constexpr size_t srtp_salt_size(SrtpProfile profile) { return is_aead(profile) ? 12 : 14; }
constexpr size_t srtp_tag_size(SrtpProfile profile) { return is_aead(profile) ? 16 : 10; }
/// The E bit and the index, present in every SRTCP packet.
inline constexpr size_t kSrtcpIndexSize = 4;

}  // namespace veche::rtp
