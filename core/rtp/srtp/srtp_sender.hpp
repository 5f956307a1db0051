// SPDX-License-Identifier: Apache-2.0
// Encrypts and authenticates what one session sends: SRTP and SRTCP (RFC 3711, RFC 7714).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/result.hpp"
#include "rtp/srtp/srtp_profile.hpp"

namespace veche::rtp {

/// Made on any thread, then [lane]. Any number of SSRCs share the key, up to the bound given at
/// creation, and nothing is allocated after it. The keys are zeroed in the destructor. Which
/// library does the work is chosen by the build option `srtp`; libsrtp2 allocates when an SSRC is
/// new.
class SrtpSender {
 public:
  /// How many bytes protect_rtp() and protect_rtcp() add at most.
  static constexpr size_t kMaxTrailer = 20;

  /// `master_key_then_salt` is what DTLS exported for this direction; it is not kept. Fails if its
  /// size is not the profile's, or the library does not have the profile.
  static Result<std::unique_ptr<SrtpSender>> create(SrtpProfile profile,
                                                    std::span<const uint8_t> master_key_then_salt,
                                                    size_t max_streams);
  virtual ~SrtpSender() = default;
  /// A hint: protect_rtp() comes soon. Depth 0, then 1, which follows pointers that 0 has asked
  /// for.
  virtual void prefetch(int /*depth*/) const noexcept {}

  /// The first `size` bytes of `buffer` are the packet; the trailer is written behind it. Returns
  /// the new size. 0: it must not be sent, because it is malformed, finds no room for the trailer,
  /// begins one stream too many, or has a sequence number that was used or is too old: a reused
  /// index breaks the cipher (RFC 3711 section 9.1). The bytes are unspecified then.
  ///
  /// A sequence number may come late; one that is ahead by less than 32768 goes on after 65535.
  [[nodiscard]] virtual size_t protect_rtp(std::span<uint8_t> buffer, size_t size) noexcept = 0;
  /// Likewise, for a whole compound packet.
  [[nodiscard]] virtual size_t protect_rtcp(std::span<uint8_t> buffer, size_t size) noexcept = 0;
};

}  // namespace veche::rtp
