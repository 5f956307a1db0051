// SPDX-License-Identifier: Apache-2.0
// Makes a profile's cipher.
#include "rtp/srtp/packet_cipher.hpp"

#include "base/prefetch.hpp"
#include "rtp/srtp/aes_cm_cipher.hpp"
#include "rtp/srtp/aes_gcm_cipher.hpp"

namespace veche::rtp {
namespace {

const EVP_CIPHER* evp_cipher(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::Aes128CmHmacSha1: return EVP_aes_128_ctr();
    case SrtpProfile::AeadAes128Gcm: return EVP_aes_128_gcm();
    case SrtpProfile::AeadAes256Gcm: return EVP_aes_256_gcm();
  }
  return nullptr;
}

}  // namespace

void SrtpCiphers::prefetch_rtp(int depth) const noexcept {
  if (depth == 0) veche::prefetch(rtp.get(), sizeof(AesCmCipher));  // The larger one.
  if (depth == 1) rtp->prefetch();
}

std::unique_ptr<PacketCipher> make_packet_cipher(SrtpProfile profile, const SessionKeys& keys,
                                                 PacketCipher::Direction direction) {
  // In counter mode both directions are the same.
  CipherContext context = make_cipher_context(evp_cipher(profile), keys.cipher,
                                              direction == PacketCipher::Direction::Seal);
  if (!context) return nullptr;
  if (is_aead(profile)) return std::make_unique<AesGcmCipher>(std::move(context), keys);
  return std::make_unique<AesCmCipher>(std::move(context), keys);
}

Result<SrtpCiphers> make_srtp_ciphers(SrtpProfile profile,
                                      std::span<const uint8_t> master_key_then_salt,
                                      PacketCipher::Direction direction) {
  const size_t key_size = srtp_key_size(profile);
  const size_t size = key_size + srtp_salt_size(profile);
  if (master_key_then_salt.size() != size) {
    return invalid("SRTP: master key and salt have " + std::to_string(master_key_then_salt.size()) +
                   " bytes, the profile needs " + std::to_string(size));
  }
  const auto make = [&](SrtpProtocol protocol) -> Result<std::unique_ptr<PacketCipher>> {
    const auto keys = SessionKeys::derive(master_key_then_salt.first(key_size),
                                          master_key_then_salt.subspan(key_size), protocol);
    if (!keys) return keys.error();
    auto cipher = make_packet_cipher(profile, *keys, direction);
    if (!cipher) return internal("OpenSSL does not have the cipher of the SRTP profile");
    return cipher;
  };
  auto rtp = make(SrtpProtocol::Rtp);
  if (!rtp) return rtp.error();
  auto rtcp = make(SrtpProtocol::Rtcp);
  if (!rtcp) return rtcp.error();
  return SrtpCiphers{std::move(*rtp), std::move(*rtcp)};
}

}  // namespace veche::rtp
