// SPDX-License-Identifier: Apache-2.0
// SRTP allocates nothing after creation, neither here nor in OpenSSL.
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <array>
#include <cstdlib>

#include "../allocations.hpp"
#include "srtp_pair.hpp"

namespace {

int openssl_allocations = 0;

void* counted_malloc(size_t size, const char* /*file*/, int /*line*/) {
  ++openssl_allocations;
  return std::malloc(size);
}
void* counted_realloc(void* memory, size_t size, const char* /*file*/, int /*line*/) {
  ++openssl_allocations;
  return std::realloc(memory, size);
}
void plain_free(void* memory, const char* /*file*/, int /*line*/) { std::free(memory); }

// OpenSSL accepts them only before its first allocation.
const bool is_counting = CRYPTO_set_mem_functions(counted_malloc, counted_realloc, plain_free) == 1;

}  // namespace

namespace veche::rtp {
namespace {

using test::Bytes;
using veche::test::allocations;

/// 20 packets of 5 streams through both, with room for 3 streams; each repeated, and altered.
template <class Protect, class Unprotect>
size_t exercise(const Bytes& packet, size_t ssrc_at, Protect protect, Unprotect unprotect) {
  std::array<uint8_t, 200> buffer{};
  std::array<uint8_t, 200> copy{};
  size_t bytes = 0;
  for (uint8_t i = 0; i < 20; ++i) {
    std::copy(packet.begin(), packet.end(), buffer.begin());
    buffer[3] = i;  // The sequence number of RTP.
    buffer[ssrc_at] = i % 5;
    const size_t size = protect(buffer, packet.size());
    copy = buffer;
    copy[size / 2] ^= 1;
    bytes += unprotect(std::span(copy).first(size));
    copy = buffer;
    bytes += unprotect(std::span(copy).first(size));
    bytes += unprotect(std::span(buffer).first(size));
  }
  return bytes;
}

TEST(SrtpPacketPath, AllocatesNothing) {
  ASSERT_TRUE(is_counting);
  const Bytes rtp = test::build({.sequence = 0, .payload = Bytes(100, 1)});
  const Bytes rtcp = test::build_rtcp(0x11111111, 10);
  for (const SrtpProfile profile : test::kProfiles) {
    const test::SrtpPair pair(profile, 3);
    SrtpSender& sender = *pair.sender;
    SrtpReceiver& receiver = *pair.receiver;
    const int before = allocations() + openssl_allocations;
    const size_t rtp_bytes = exercise(
        rtp, 11, [&](std::span<uint8_t> b, size_t size) { return sender.protect_rtp(b, size); },
        [&](std::span<uint8_t> b) { return receiver.unprotect_rtp(b); });
    const size_t rtcp_bytes = exercise(
        rtcp, 7, [&](std::span<uint8_t> b, size_t size) { return sender.protect_rtcp(b, size); },
        [&](std::span<uint8_t> b) { return receiver.unprotect_rtcp(b); });
    EXPECT_EQ(allocations() + openssl_allocations, before) << test::name_of(profile);
    EXPECT_EQ(rtp_bytes, 12 * rtp.size());
    EXPECT_EQ(rtcp_bytes, 12 * rtcp.size());
  }
}

}  // namespace
}  // namespace veche::rtp
