// SPDX-License-Identifier: Apache-2.0
// Encrypts and authenticates the packets that one session sends: SRTP and SRTCP (RFC 3711, RFC
// 7714).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "rtp/srtp/srtp_profile.hpp"

namespace veche::rtp {

/// Made on any thread, then [lane]. Any number of SSRCs share the key, up to the bound given at
/// creation. Nothing is allocated after creation. The destructor zeroes the keys. The build option
/// `srtp` chooses the library; libsrtp2 allocates for each new SSRC.
class SrtpSender {
 public:
  /// The most bytes that protect_rtp() and protect_rtcp() add.
  static constexpr size_t kMaxTrailer = 20;

  /// `master_key_then_salt` is DTLS' keying material for this direction; it is not kept. Fails if
  /// its size is not the profile's, or the library lacks the profile.
  static Result<std::unique_ptr<SrtpSender>> create(SrtpProfile profile,
                                                    std::span<const uint8_t> master_key_then_salt,
                                                    size_t max_streams);
  virtual ~SrtpSender() = default;
  /// A hint: protect_rtp() will be called soon. Depth 0, then 1, which follows pointers that depth
  /// 0 has prefetched.
  virtual void prefetch(int /*depth*/) const noexcept {}

  /// The first `size` bytes of `buffer` are the packet; the trailer is written after it. Returns
  /// the new size. 0 if the packet must not be sent: it is malformed, has no room for the trailer,
  /// exceeds the bound on streams, or its sequence number was used or is too old. A reused index
  /// breaks the cipher (RFC 3711 section 9.1). The bytes are unspecified then.
  ///
  /// A sequence number may be late; one that is ahead by less than 32768 continues after 65535.
  [[nodiscard]] virtual size_t protect_rtp(std::span<uint8_t> buffer, size_t size) noexcept = 0;
  /// The same for a whole compound packet.
  [[nodiscard]] virtual size_t protect_rtcp(std::span<uint8_t> buffer, size_t size) noexcept = 0;
};

}  // namespace veche::rtp
