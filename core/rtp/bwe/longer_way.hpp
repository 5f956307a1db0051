// SPDX-License-Identifier: Apache-2.0
// Tells a way that has become longer from a queue that stands.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "rtp/bwe/windowed_best.hpp"

namespace veche::rtp {

/// A way becomes longer from one moment to the next, and then does not move: a network was changed,
/// or a route. A queue grows, drains or, where as much is sent as it serves, wavers. A full one
/// does not move either, so the caller needs another sign before it believes this.
class LongerWay {
 public:
  struct Limits {
    int64_t flat_us;  ///< Levels that are as close are the same,
    int64_t jump_us;  ///< and those that are as far apart are a jump.
    uint32_t levels;  ///< As many in a row do not move.
  };
  explicit LongerWay(const Limits& limits) noexcept : limits_(limits) {}

  /// The level of some packets, or of one: their shortest way. Half of their jitter moves nothing.
  /// Returns whether it continues what was before.
  bool add(int64_t level_us, int64_t jitter_us) noexcept {
    const int64_t flat_us = std::max(limits_.flat_us, jitter_us / 2);
    const bool continues =
        count_ > 0 && level_us <= lowest_us_ + flat_us && level_us >= highest_us_ - flat_us;
    if (!continues) {
      // What wavers after a jump may settle yet.
      if (!from_us_ || level_us < *from_us_ + limits_.jump_us) from_us_ = last_us_;
      count_ = 0;
      lowest_us_ = highest_us_ = level_us;
    }
    ++count_;
    lowest_us_ = std::min(lowest_us_, level_us);
    highest_us_ = std::max(highest_us_, level_us);
    last_us_ = level_us;
    return continues;
  }
  /// The way that it has been since a jump.
  std::optional<int64_t> found() const noexcept {
    const bool is_found =
        from_us_ && count_ >= limits_.levels && lowest_us_ >= *from_us_ + limits_.jump_us;
    return is_found ? std::optional(lowest_us_) : std::nullopt;
  }
  /// What was found is the lowest from now on.
  void accept(WindowedLowest& shortest, int64_t now_us) noexcept {
    const auto level_us = found();
    if (!level_us) return;
    shortest.clear();
    shortest.add(*level_us, now_us);
    clear();
  }
  void clear() noexcept {
    count_ = 0;
    from_us_ = last_us_ = std::nullopt;
  }

 private:
  Limits limits_;
  int64_t lowest_us_ = 0, highest_us_ = 0;  ///< Of the newest levels that did not move,
  uint32_t count_ = 0;                      ///< and how many they are.
  std::optional<int64_t> last_us_;
  std::optional<int64_t> from_us_;  ///< The level before the jump.
};

}  // namespace veche::rtp
