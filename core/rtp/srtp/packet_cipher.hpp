// SPDX-License-Identifier: Apache-2.0
// Encrypts and authenticates one packet whose index is known: the part in which the profiles
// differ.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/result.hpp"
#include "rtp/srtp/session_keys.hpp"
#include "rtp/srtp/srtp_profile.hpp"

namespace veche::rtp {

/// A packet without its trailer, as the ciphers process it.
struct CipherInput {
  std::span<uint8_t> bytes;
  size_t header_size = 0;  ///< Authenticated, not encrypted; the rest is both.
  uint32_t ssrc = 0;
  uint64_t index = 0;  ///< 48 bits for SRTP, 31 for SRTCP.
  /// The word in an SRTCP packet: the E bit and the index. Nothing for SRTP.
  std::optional<uint32_t> srtcp_word;
};

/// One direction of SRTP or of SRTCP. No allocation per packet. One thread.
class PacketCipher {
 public:
  enum class Direction { Seal = 1, Open };

  virtual ~PacketCipher() = default;
  /// A hint: one of the two will be called soon.
  virtual void prefetch() const noexcept = 0;
  /// Encrypts in place and writes the tag. False if OpenSSL fails.
  virtual bool seal(const CipherInput& packet, std::span<uint8_t> tag) noexcept = 0;
  /// Decrypts in place. False if the tag is wrong; the bytes are unspecified then.
  virtual bool open(const CipherInput& packet, std::span<uint8_t> tag) noexcept = 0;
};

/// `direction` says which of the two functions will be called. The keys are not kept. Null if
/// OpenSSL fails.
std::unique_ptr<PacketCipher> make_packet_cipher(SrtpProfile profile, const SessionKeys& keys,
                                                 PacketCipher::Direction direction);

struct SrtpCiphers {
  std::unique_ptr<PacketCipher> rtp, rtcp;

  /// A hint. Depth 0: the cipher, 1: the memory that it points to.
  void prefetch_rtp(int depth) const noexcept;
};

/// Fails if the size is not the profile's.
Result<SrtpCiphers> make_srtp_ciphers(SrtpProfile profile,
                                      std::span<const uint8_t> master_key_then_salt,
                                      PacketCipher::Direction direction);

}  // namespace veche::rtp
