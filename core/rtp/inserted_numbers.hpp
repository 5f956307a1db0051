// SPDX-License-Identifier: Apache-2.0
// Remembers behind which packets of a source the server has inserted packets of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "rtp/sequence.hpp"

namespace veche::rtp {

/// An inserted packet takes a number of the slot's stream, so what the source sends later moves up
/// by one; what it sent before, and comes late, does not. One thread.
class InsertedNumbers {
 public:
  /// The source's packets that may come late: the newest, and this many before it.
  static constexpr int kWindow = 64;

  /// A packet is inserted behind the source's newest. False: there are too many in this place.
  bool add(uint16_t newest) noexcept {
    const int moved = any_ ? distance(last_, newest) : kWindow + 1;
    if (moved > kWindow) counts_.fill(0);
    for (int i = 1; i <= moved && moved <= kWindow; ++i) {
      at(static_cast<uint16_t>(last_ + i)) = 0;
    }
    any_ = true;
    last_ = newest;
    uint8_t& count = at(newest);
    if (count == std::numeric_limits<uint8_t>::max()) return false;
    ++count;
    return true;
  }
  /// The source has sent a newer packet.
  void advance(uint16_t newest) noexcept {
    if (any_ && distance(last_, newest) > kWindow) any_ = false;
  }
  void clear() noexcept { any_ = false; }

  /// How many were inserted behind this packet of the source, or later.
  uint16_t since(uint16_t sequence) const noexcept {
    if (!any_) return 0;
    unsigned sum = 0;
    for (int i = distance(sequence, last_); i >= 0 && i <= kWindow; --i) {
      sum += at(static_cast<uint16_t>(last_ - i));
    }
    return static_cast<uint16_t>(sum);
  }

 private:
  static constexpr size_t kPlaces = 128;  ///< A power of two above kWindow.

  uint8_t& at(uint16_t sequence) noexcept { return counts_[sequence % kPlaces]; }
  uint8_t at(uint16_t sequence) const noexcept { return counts_[sequence % kPlaces]; }

  bool any_ = false;
  uint16_t last_ = 0;  ///< The packet behind which the latest was inserted.
  std::array<uint8_t, kPlaces> counts_{};
};

}  // namespace veche::rtp
