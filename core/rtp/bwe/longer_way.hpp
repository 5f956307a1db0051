// SPDX-License-Identifier: Apache-2.0
// Tells a way that has become longer from a queue that stands.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace veche::rtp {

/// A way becomes longer from one moment to the next, and then does not move: a network was changed,
/// or a route. A queue grows, drains or, where as much is sent as it serves, wavers. A full one
/// does not move either, but it loses packets, so the caller asks what is lost before it believes
/// this.
class LongerWay {
 public:
  /// Of some packets, or of one.
  struct Level {
    int64_t lowest_us = 0, highest_us = 0;
  };
  struct Limits {
    int64_t flat_us;  ///< Levels that are as close are the same,
    int64_t jump_us;  ///< and those that are as far apart are a jump.
    uint32_t levels;  ///< As many in a row do not move.
  };
  explicit LongerWay(const Limits& limits) noexcept : limits_(limits) {}

  /// `jitter_us` of the packets: half of it moves nothing.
  void add(const Level& level, int64_t jitter_us) noexcept {
    const int64_t flat_us = std::max(limits_.flat_us, jitter_us / 2);
    if (count_ > 0 && level.lowest_us <= steady_.lowest_us + flat_us &&
        level.lowest_us >= highest_low_us_ - flat_us) {
      ++count_;
      steady_.lowest_us = std::min(steady_.lowest_us, level.lowest_us);
      steady_.highest_us = std::max(steady_.highest_us, level.highest_us);
      highest_low_us_ = std::max(highest_low_us_, level.lowest_us);
    } else {
      // What wavers after a jump may settle yet.
      if (level.lowest_us < from_us_ + limits_.jump_us || !has_from_) {
        has_from_ = count_ > 0;
        from_us_ = last_us_;
      }
      count_ = 1;
      steady_ = level;
      highest_low_us_ = level.lowest_us;
    }
    last_us_ = level.lowest_us;
  }
  /// The level that it jumped up to and has kept since.
  std::optional<Level> found() const noexcept {
    const bool is_found =
        has_from_ && count_ >= limits_.levels && steady_.lowest_us >= from_us_ + limits_.jump_us;
    return is_found ? std::optional(steady_) : std::nullopt;
  }
  void clear() noexcept { count_ = 0, has_from_ = false; }

 private:
  Limits limits_;
  Level steady_;
  int64_t highest_low_us_ = 0, last_us_ = 0, from_us_ = 0;
  uint32_t count_ = 0;  ///< Levels in steady_.
  bool has_from_ = false;
};

}  // namespace veche::rtp
