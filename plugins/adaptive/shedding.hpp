// SPDX-License-Identifier: Apache-2.0
// What an overloaded lane stops doing first.
#pragma once

#include <cstdint>

#include "adaptive/clock.hpp"

namespace veche::adaptive {

/// In this order: redundancy, then retransmissions, then slots beyond the first of the listeners in
/// the largest rooms. One level a second, so that each can show its effect before the next.
class Shedding {
 public:
  static constexpr uint8_t kNoRedundancy = 1, kNoRetransmission = 2, kFewerSlots = 3;

  /// `load`: busy time of the lane, 0 to 1; `threshold`: of the first level.
  uint8_t update(float load, float threshold, int64_t now_ns);
  uint8_t level() const { return level_; }

 private:
  uint8_t level_ = 0;
  Since loaded_, calm_;
};

}  // namespace veche::adaptive
