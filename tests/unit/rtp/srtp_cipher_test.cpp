// SPDX-License-Identifier: Apache-2.0
// Key derivation and ciphers against the vectors of the RFCs, which begin with session keys.
#include <gtest/gtest.h>

#include <algorithm>

#include "rtp/srtp/packet_cipher.hpp"
#include "rtp/srtp/packet_layout.hpp"
#include "srtp_pair.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using test::from_hex;

template <size_t kSize>
void copy_into(std::array<uint8_t, kSize>& key, const Bytes& bytes) {
  std::copy(bytes.begin(), bytes.end(), key.begin());
}

template <size_t kSize>
Bytes first(const std::array<uint8_t, kSize>& key, size_t size = kSize) {
  return {key.begin(), key.begin() + static_cast<ptrdiff_t>(size)};
}

TEST(SrtpSessionKeys, AreThoseOfRfc3711AppendixB3) {
  const auto keys =
      SessionKeys::derive(from_hex("E1F97A0D3E018BE0D64FA32C06DE4139"),
                          from_hex("0EC675AD498AFEEBB6960B3AABE6"), SrtpProtocol::Rtp);
  ASSERT_TRUE(keys);
  EXPECT_EQ(first(keys->cipher, 16), from_hex("C61E7A93744F39EE10734AFE3FF7A087"));
  EXPECT_EQ(first(keys->salt), from_hex("30CBBC08863D8C85D49DB34A9AE1"));
  EXPECT_EQ(first(keys->auth), from_hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
}

TEST(SrtpSessionKeys, AreThoseOfRfc6188Section72) {
  const auto keys = SessionKeys::derive(
      from_hex("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6"),
      from_hex("3b04803de51ee7c96423ab5b78d2"), SrtpProtocol::Rtp);
  ASSERT_TRUE(keys);
  EXPECT_EQ(first(keys->cipher),
            from_hex("5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4"));
  EXPECT_EQ(first(keys->salt), from_hex("fa31791685ca444a9e07c6c64e93"));
  EXPECT_EQ(first(keys->auth), from_hex("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"));
}

TEST(SrtpAesCm, MakesTheKeyStreamOfRfc3711AppendixB2) {
  SessionKeys keys;
  copy_into(keys.cipher, from_hex("2B7E151628AED2A6ABF7158809CF4F3C"));
  copy_into(keys.salt, from_hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
  const auto cipher =
      make_packet_cipher(SrtpProfile::Aes128CmHmacSha1, keys, PacketCipher::Direction::Seal);
  Bytes stream(1044512);
  Bytes tag(10);
  ASSERT_TRUE(cipher->seal({.bytes = stream, .srtcp_word = {}}, tag));
  const auto block = [&](size_t at) {
    return Bytes(stream.begin() + static_cast<ptrdiff_t>(at * 16),
                 stream.begin() + static_cast<ptrdiff_t>(at * 16 + 16));
  };
  EXPECT_EQ(block(0), from_hex("E03EAD0935C95E80E166B16DD92B4EB4"));
  EXPECT_EQ(block(1), from_hex("D23513162B02D0F72A43A2FE4A5F97AB"));
  EXPECT_EQ(block(2), from_hex("41E95B3BB0A2E8DD477901E4FCA894C0"));
  EXPECT_EQ(block(0xfeff), from_hex("EC8CDF7398607CB0F2D21675EA9EA1E4"));
  EXPECT_EQ(block(0xff00), from_hex("362B7C3C6773516318A077D7FC5073AE"));
  EXPECT_EQ(block(0xff01), from_hex("6A2CC3787889374FBEB4C81B17BA6C44"));
}

// RFC 7714 sections 16 and 17.
const char* const kKey128 = "000102030405060708090a0b0c0d0e0f";
const char* const kKey256 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const char* const kRfc7714Rtp =
    "8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070"
    "61727465 73207472 6573";
const char* const kRfc7714Rtcp =
    "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef"
    "deadbeef deadbeef deadbeef";

struct AeadVector {
  SrtpProfile profile;
  const char* key;
  const char* packet;
  size_t header_size;
  uint32_t ssrc;
  uint64_t index;
  std::optional<uint32_t> srtcp_word;
  const char* sealed;
  const char* tag;
};

const AeadVector kAeadVectors[] = {
    {SrtpProfile::AeadAes128Gcm,
     kKey128,
     kRfc7714Rtp,
     12,
     0x5501a0b2,
     0xf17b,
     {},
     "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a"
     "51c7d19b 36de3adf 8833",
     "899d7f27 beb16a91 52cf765e e4390cce"},
    {SrtpProfile::AeadAes256Gcm,
     kKey256,
     kRfc7714Rtp,
     12,
     0x5501a0b2,
     0xf17b,
     {},
     "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02"
     "76ffae0f 1ba63799 b87b",
     "7aa3db36 dfffd6b0 f9bb7878 d7a76c13"},
    {SrtpProfile::AeadAes128Gcm, kKey128, kRfc7714Rtcp, 8, 0x4d617273, 0x5d4, 0x800005d4,
     "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda"
     "4ce09b46 86303ded 0bb9275b",
     "c84aa458 96cf4d2f c5abf872 45d9eade"},
    {SrtpProfile::AeadAes256Gcm, kKey256, kRfc7714Rtcp, 8, 0x4d617273, 0x5d4, 0x800005d4,
     "81c8000d 4d617273 d50ae4d1 f5ce5d30 4ba297e4 7d470c28 2c3ece5d bffe0a50 a2eaa5c1 110555be"
     "8415f658 c61de047 6f1b6fad",
     "1d1eb30c 4446839f 57ff6f6c b26ac3be"},
};

TEST(SrtpAead, SealsAndOpensAsRfc7714) {
  for (const AeadVector& vector : kAeadVectors) {
    SessionKeys keys;
    copy_into(keys.cipher, from_hex(vector.key));
    copy_into(keys.salt, from_hex("517569642070726f2071756f"));
    Bytes bytes = from_hex(vector.packet);
    Bytes tag(16);
    const CipherInput input{bytes, vector.header_size, vector.ssrc, vector.index,
                            vector.srtcp_word};
    const auto sealer = make_packet_cipher(vector.profile, keys, PacketCipher::Direction::Seal);
    ASSERT_TRUE(sealer->seal(input, tag));
    EXPECT_EQ(bytes, from_hex(vector.sealed));
    EXPECT_EQ(tag, from_hex(vector.tag));
    const auto opener = make_packet_cipher(vector.profile, keys, PacketCipher::Direction::Open);
    EXPECT_TRUE(opener->open(input, tag));
    EXPECT_EQ(bytes, from_hex(vector.packet));
  }
}

}  // namespace
}  // namespace veche::rtp
