// SPDX-License-Identifier: Apache-2.0
// The newest packets of one slot, for retransmission when the receiver asks for them (generic NACK,
// RFC 4585 section 6.2.1).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace veche::rtp {

/// Stores protected packets: sending the same bytes again does not reuse an SRTP index (RFC 3711
/// section 9.1). No allocation after the constructor. One thread.
///
/// A receiver may send any number of NACKs. Each packet is resent at most kMaxResends times, which
/// bounds the cost of a NACK flood.
class PacketCache {
 public:
  /// Memory for this many bytes and packets, the latter rounded up to a power of two.
  PacketCache(size_t max_bytes, size_t max_packets);

  /// Evicts the oldest packets to make room. A packet larger than the cache is not stored.
  void store(uint16_t sequence, std::span<const uint8_t> bytes) noexcept;

  /// The packet to resend now. Nothing if it is not cached, was resent within the last round trip
  /// (that copy may still be in flight), or has reached its limit. Valid until the next store().
  std::span<const uint8_t> resend(uint16_t sequence, int64_t now_ns,
                                  int64_t round_trip_ns) noexcept;

  /// Evicts everything, because the keys have changed.
  void clear() noexcept;

  static constexpr uint8_t kMaxResends = 5;
  /// Regardless of the round trip that the receiver claims.
  static constexpr int64_t kMinRepeatNs = 10 * kNsPerMs;

 private:
  struct Entry {
    uint64_t position = 0;  ///< Offset of the bytes, counted from the first byte ever stored.
    int64_t resent_ns = 0;
    uint16_t size = 0;  ///< 0: empty.
    uint16_t sequence = 0;
    uint8_t resends = 0;
  };
  Entry& entry_of(uint16_t sequence) noexcept { return entries_[sequence & entry_mask_]; }
  /// False once newer bytes have overwritten it.
  bool holds(const Entry& entry, uint16_t sequence) const noexcept;

  std::vector<uint8_t> bytes_;
  std::vector<Entry> entries_;
  size_t entry_mask_;
  uint64_t end_ = 0;  ///< One past the newest byte.
};

}  // namespace veche::rtp
