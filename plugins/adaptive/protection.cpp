// SPDX-License-Identifier: Apache-2.0
// Levels by thresholds: one packet repairs single losses, two repair what heavy loss leaves.
#include "adaptive/protection.hpp"

#include <algorithm>

namespace veche::adaptive {
namespace {

/// Above this many times the threshold one repeated packet leaves too much: at 6 % it is 0.4 %.
constexpr float kHeavy = 3;
constexpr uint32_t kLongBurst = 24;  // 1.5 packets in a row; random loss of 20 % has 1.25.
constexpr uint32_t kStillLongBurst = 20;

uint8_t level(float loss, uint32_t burst, float light, float heavy, uint32_t long_burst) {
  if (loss < light) return 0;
  return loss >= heavy || burst >= long_burst ? 2 : 1;
}

}  // namespace

Protected Protection::update(const Link& link, float on, int64_t now_ns) {
  const float loss = link.is_congested ? std::min(link.loss, link.floor) : link.loss;
  const uint8_t enter = level(loss, link.burst, on, kHeavy * on, kLongBurst);
  const uint8_t keep = level(loss, link.burst, on / 2, kHeavy * on * 2 / 3, kStillLongBurst);
  repeated_ = std::max(repeated_, enter);
  for (uint8_t needed = 1; needed <= std::min(keep, repeated_); ++needed)
    needed_ns_[needed] = now_ns;
  while (repeated_ > 0 && now_ns - needed_ns_[repeated_] >= kOff) --repeated_;

  is_congested_ = link.is_congested;
  if (link.round_trip_us > kTooLateUs) is_near_ = false;
  if (link.round_trip_us < kInTimeUs) is_near_ = true;
  return wanted();
}

float left_after(float loss, uint32_t burst, uint8_t repeated) {
  if (repeated == 0) return loss;
  // A lost packet stays lost if the packets that repeat it are lost as well: after a loss the next
  // one is lost with the chance that makes bursts of this mean, and no less than by chance.
  const float mean = std::max(1.0F, static_cast<float>(burst) / 16);
  const float again = std::max(loss, 1 - 1 / mean);
  return repeated == 1 ? loss * again : loss * again * again;
}

}  // namespace veche::adaptive
