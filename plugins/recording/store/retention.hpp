// SPDX-License-Identifier: Apache-2.0
// Decides which recordings have expired, without trusting a clock that was just set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

struct Retention {
  int64_t max_age_s = 0;         ///< Since the end; 0: for ever.
  uint64_t max_total_bytes = 0;  ///< Of all recordings together; 0: no limit.

  bool is_needed() const noexcept { return max_age_s > 0 || max_total_bytes > 0; }
};

/// A recording that has ended, as retention sees it.
struct Aged {
  std::string id;
  int64_t ended_unix_ms = 0;
  /// On the clock of `Now::boot_ms`, if it ended in this process; else 0. Nobody sets that clock.
  int64_t ended_boot_ms = 0;
  uint64_t bytes = 0;
};
struct Now {
  int64_t unix_ms = 0;  ///< As TrustedTime says it.
  int64_t boot_ms = 0;  ///< Since the machine started.
};

/// When a recording ended, by the time of day at its end; one without an end counts from its
/// beginning.
int64_t end_of(const Manifest& manifest) noexcept;
uint64_t bytes_of(const Manifest& manifest) noexcept;

/// The ids of the recordings to remove, the oldest first. `in_progress_bytes` count towards the
/// total too.
std::vector<std::string> expired(std::vector<Aged> recordings, const Retention& retention,
                                 const Now& now, uint64_t in_progress_bytes = 0);

/// The time of day, for deleting what is old. A time that jumps by more than a minute is believed
/// after a day; until then the earlier of the two times counts. Pure.
class TrustedTime {
 public:
  static constexpr int64_t kJumpMs = 60'000;
  static constexpr int64_t kTrustMs = int64_t{24} * 3'600'000;

  /// Both clocks, read together; to be called at least every few minutes.
  int64_t unix_ms(int64_t boot_ms, int64_t unix_ms) noexcept;
  /// By how much the clock has jumped; once for each jump.
  std::optional<int64_t> take_jump_ms() noexcept;

 private:
  bool is_started_ = false;
  int64_t offset_ms_ = 0;  ///< Of the time of day, to the time since boot.
  std::optional<int64_t> jumped_offset_ms_;
  int64_t jumped_at_ms_ = 0;
  std::optional<int64_t> news_;
};

}  // namespace veche::recording
