// SPDX-License-Identifier: Apache-2.0
// Levels five percent apart, up after a second, down after five.
#include "adaptive/shedding.hpp"

namespace veche::adaptive {
namespace {

constexpr float kBetweenLevels = 0.05F, kHysteresis = 0.1F;
constexpr int64_t kUp = kSecond, kDown = 5 * kSecond;

}  // namespace

uint8_t Shedding::update(float load, float threshold, int64_t now_ns) {
  const auto begins_at = [&](int level) {
    return threshold + kBetweenLevels * static_cast<float>(level - 1);
  };
  const bool is_loaded = level_ < kFewerSlots && load >= begins_at(level_ + 1);
  const bool is_calm = level_ > 0 && load < begins_at(level_) - kHysteresis;
  if (loaded_.holds(is_loaded, kUp, now_ns)) {
    ++level_;
    loaded_.holds(false, 0, now_ns);
  } else if (calm_.holds(is_calm, kDown, now_ns)) {
    --level_;
    calm_.holds(false, 0, now_ns);
  }
  return level_;
}

}  // namespace veche::adaptive
