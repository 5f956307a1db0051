// SPDX-License-Identifier: Apache-2.0
// Sequence numbers that continue past 65535 (RFC 3550 appendix A.1, simplified).
#pragma once

#include <cstdint>

namespace veche::rtp {

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
    const auto distance = static_cast<int16_t>(sequence - static_cast<uint16_t>(highest_));
    const uint32_t extended = highest_ + static_cast<uint32_t>(static_cast<int32_t>(distance));
    if (distance > 0) highest_ = extended;
    return extended;
  }

 private:
  uint32_t highest_ = 0;
  bool started_ = false;
};

}  // namespace veche::rtp
