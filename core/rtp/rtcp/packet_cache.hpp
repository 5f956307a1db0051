// SPDX-License-Identifier: Apache-2.0
// The packets that one slot sent last, to be sent again when the receiver asks for them (generic
// NACK, RFC 4585 section 6.2.1).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace veche::rtp {

/// Holds packets as they went out, protected: the same bytes again are no reuse of an SRTP index
/// (RFC 3711 section 9.1). No allocation after the constructor. One thread.
///
/// A receiver may ask as often as it likes. Each packet goes out again at most kMaxResends times,
/// so a flood of NACKs costs no more than that much of the stream.
class PacketCache {
 public:
  /// Memory for that many bytes and packets, the latter rounded up to a power of two.
  PacketCache(size_t max_bytes, size_t max_packets);

  /// Forgets the oldest where there is no room. What is larger than the cache is not kept.
  void store(uint16_t sequence, std::span<const uint8_t> bytes) noexcept;

  /// The packet, to be sent now. Nothing if it is not there, has been sent again within the last
  /// round trip (its copy may still be under way), or often enough. Valid until the next store().
  std::span<const uint8_t> resend(uint16_t sequence, int64_t now_ns,
                                  int64_t round_trip_ns) noexcept;

  /// Forgets all: the keys have changed.
  void clear() noexcept;

  static constexpr uint8_t kMaxResends = 5;
  /// Whatever the round trip that the receiver claims.
  static constexpr int64_t kMinRepeatNs = 10 * kNsPerMs;

 private:
  struct Entry {
    uint64_t position = 0;  ///< Where the bytes begin, counted from the first ever stored.
    int64_t resent_ns = 0;
    uint16_t size = 0;  ///< 0: empty.
    uint16_t sequence = 0;
    uint8_t resends = 0;
  };
  Entry& entry_of(uint16_t sequence) noexcept { return entries_[sequence & entry_mask_]; }
  /// False once newer bytes have been written over it.
  bool holds(const Entry& entry, uint16_t sequence) const noexcept;

  std::vector<uint8_t> bytes_;
  std::vector<Entry> entries_;
  size_t entry_mask_;
  uint64_t end_ = 0;  ///< Behind the newest.
};

}  // namespace veche::rtp
