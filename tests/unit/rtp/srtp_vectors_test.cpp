// SPDX-License-Identifier: Apache-2.0
// Whole packets, starting with the master key, from libsrtp2's own validation.
#include <gtest/gtest.h>

#include "srtp_pair.hpp"

namespace veche::rtp {
namespace {

using test::Bytes;
using test::from_hex;

struct Vector {
  SrtpProfile profile;
  const char* master;
  const char* srtp;
  const char* srtcp;
};

const char* const kRtp = "800f1234 decafbad cafebabe abababab abababab abababab abababab";
const char* const kRtcp = "81c8000b cafebabe abababab abababab abababab abababab";

const Vector kVectors[] = {
    {SrtpProfile::Aes128CmHmacSha1, "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6",
     "800f1234 decafbad cafebabe 4e55dc4c e79978d8 8ca4d215 949d2402 b78d6acc 99ea179b 8dbb",
     "81c8000b cafebabe 7128035b e487b9bd bef89041 f977a5a8 80000001 993e08cd 54d6c123 0798"},
    {SrtpProfile::AeadAes128Gcm, "000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7a8a9aaab",
     "800f1234 decafbad cafebabe c5002ede 04cfdd2e b91159e0 880aa06e d2976826 f796b201 df3131a1"
     "27e8a392",
     "81c8000b cafebabe c98b8b5d f0392a55 852b6c21 ac8e7025 c52c6fbe a2b3b446 ea31123b a88ce61e"
     "80000001"},
};

TEST(SrtpVectors, AreSealedAndOpened) {
  for (const Vector& vector : kVectors) {
    const test::SrtpPair pair(vector.profile, from_hex(vector.master), 1);
    const Bytes srtp = pair.protect_rtp(from_hex(kRtp));
    EXPECT_EQ(srtp, from_hex(vector.srtp)) << test::name_of(vector.profile);
    EXPECT_EQ(pair.unprotect_rtp(srtp), from_hex(kRtp)) << test::name_of(vector.profile);
    const Bytes srtcp = pair.protect_rtcp(from_hex(kRtcp));
    EXPECT_EQ(srtcp, from_hex(vector.srtcp)) << test::name_of(vector.profile);
    EXPECT_EQ(pair.unprotect_rtcp(srtcp), from_hex(kRtcp)) << test::name_of(vector.profile);
  }
}

}  // namespace
}  // namespace veche::rtp
