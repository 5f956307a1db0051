// SPDX-License-Identifier: Apache-2.0
// Authenticates and decrypts the packets that one session receives: SRTP and SRTCP (RFC 3711, RFC
// 7714).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/counter.hpp"
#include "base/result.hpp"
#include "rtp/srtp/srtp_profile.hpp"

namespace veche::rtp {

/// Refused packets by reason. [any] reads them.
struct SrtpRefusals {
  Counter malformed;         ///< Too short, not version 2, or SRTCP that is not encrypted.
  Counter bad_tag;           ///< Not by the holder of the key, or altered on the way.
  Counter replayed;          ///< Received before, or older than the replay window.
  Counter too_many_streams;  ///< Authentic, but its SSRC exceeds the bound.
};

/// Made on any thread, then [lane]. A packet that does not authenticate neither creates nor changes
/// state. Allocation, keys and the library: as for SrtpSender.
class SrtpReceiver {
 public:
  /// Packets up to this far behind the newest of their SSRC are accepted, once.
  static constexpr size_t kRtpWindow = 1024;
  static constexpr size_t kRtcpWindow = 128;

  /// As SrtpSender::create().
  static Result<std::unique_ptr<SrtpReceiver>> create(SrtpProfile profile,
                                                      std::span<const uint8_t> master_key_then_salt,
                                                      size_t max_streams);
  virtual ~SrtpReceiver() = default;
  /// A hint: unprotect_rtp() will be called soon. Depth 0, then 1, which follows pointers that
  /// depth 0 has prefetched.
  virtual void prefetch(int /*depth*/) const noexcept {}

  /// `packet` is a whole datagram. Returns the size of the RTP packet at its beginning. 0: the
  /// packet was refused and counted, and its bytes are unspecified.
  ///
  /// The rollover counter follows the packets passed to this function, so the caller may leave out
  /// at most 32767 packets of a stream in a row.
  [[nodiscard]] virtual size_t unprotect_rtp(std::span<uint8_t> packet) noexcept = 0;
  /// The same for a compound packet, which must be encrypted (the E bit).
  [[nodiscard]] virtual size_t unprotect_rtcp(std::span<uint8_t> packet) noexcept = 0;

  /// [any]
  const SrtpRefusals& refusals() const noexcept { return refusals_; }

 protected:
  SrtpRefusals refusals_;
};

}  // namespace veche::rtp
