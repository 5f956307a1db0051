// SPDX-License-Identifier: Apache-2.0
// Sequence numbers, which wrap at 65536 (RFC 3550 appendix A.1, simplified).
#pragma once

#include <cstdint>

namespace veche::rtp {

/// By how many numbers `to` comes after `from`; negative: it comes before.
constexpr int distance(uint16_t from, uint16_t to) noexcept {
  return static_cast<int16_t>(static_cast<uint16_t>(to - from));
}

/// Extends 16-bit numbers, which may arrive out of order, to numbers that do not wrap.
class SequenceExtender {
 public:
  /// Adds 65536 to the first number, so that an earlier one that arrives late is still positive.
  uint32_t extend(uint16_t sequence) noexcept {
    if (!started_) {
      started_ = true;
      highest_ = 0x10000u + sequence;
      return highest_;
    }
    const int ahead = distance(static_cast<uint16_t>(highest_), sequence);
    const uint32_t extended = highest_ + static_cast<uint32_t>(ahead);
    if (ahead > 0) highest_ = extended;
    return extended;
  }

 private:
  uint32_t highest_ = 0;
  bool started_ = false;
};

}  // namespace veche::rtp
