// SPDX-License-Identifier: Apache-2.0
// The lowest or the highest value of a window of time that moves.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

namespace veche::rtp {

/// Forgets in tenths of the window: a value counts for 9 to 10 tenths of it. Better is std::less or
/// std::greater. Time that goes back counts as standing still.
template <class Better>
class WindowedBest {
 public:
  explicit WindowedBest(int64_t window_us) noexcept : step_us_(window_us / kSteps) { clear(); }

  void add(int64_t value, int64_t now_us) noexcept {
    advance(now_us);
    int64_t& best = steps_[static_cast<size_t>(step_ % kSteps)];
    if (Better{}(value, best)) best = value;
    if (Better{}(value, best_)) best_ = value;
  }
  void advance(int64_t now_us) noexcept {
    const int64_t step = now_us / step_us_;
    if (step <= step_) return;
    if (step - step_ >= kSteps) {
      steps_.fill(kNone);
    } else {
      for (int64_t i = step_ + 1; i <= step; ++i) steps_[static_cast<size_t>(i % kSteps)] = kNone;
    }
    step_ = step;
    best_ = *std::min_element(steps_.begin(), steps_.end(), Better{});
  }
  void clear() noexcept {
    steps_.fill(kNone);
    best_ = kNone;
  }
  std::optional<int64_t> best() const noexcept {
    return best_ == kNone ? std::nullopt : std::optional(best_);
  }

 private:
  static constexpr int64_t kSteps = 10;
  /// Every value is better.
  static constexpr int64_t kNone =
      Better{}(0, 1) ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();

  int64_t step_us_;
  int64_t step_ = 0;
  int64_t best_ = kNone;
  std::array<int64_t, static_cast<size_t>(kSteps)> steps_{};
};

using WindowedLowest = WindowedBest<std::less<>>;
using WindowedHighest = WindowedBest<std::greater<>>;

}  // namespace veche::rtp
