// SPDX-License-Identifier: Apache-2.0
// The newest packets of one track, kept for pre-roll: a ring of copies. No allocation after the
// constructor.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/prefetch.hpp"
#include "rtp/packet_view.hpp"

namespace veche::rtp {

inline constexpr size_t kMaxPacketSize = 1500;

/// One thread.
class History {
 public:
  struct Entry {
    int64_t arrival_ns = 0;
    PacketView packet;
  };

  explicit History(size_t capacity);
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  History(History&&) noexcept = default;  // The cells stay where they are.
  /// Overwrites the oldest packet when full. A packet over kMaxPacketSize is not kept.
  void push(const PacketView& packet, int64_t arrival_ns) noexcept;
  /// A hint: push() of a speech packet follows soon.
  void prefetch() const noexcept { veche::prefetch(&cells_[next_], kSpeechSize); }
  void clear() noexcept { count_ = 0; }
  size_t size() const noexcept { return count_; }
  /// 0 is the oldest. Valid until the next push.
  const Entry& at(size_t index) const noexcept;
  /// The newest packet with that sequence number; null if it is not kept. Valid until the next
  /// push.
  const Entry* find(uint16_t sequence) const noexcept;

 private:
  static constexpr size_t kSpeechSize = 128;  // The usual size of a speech packet.

  struct Cell {
    Entry entry;  // Views the bytes below.
    uint8_t bytes[kMaxPacketSize];
  };
  std::vector<Cell> cells_;
  size_t next_ = 0, count_ = 0;
};

}  // namespace veche::rtp
