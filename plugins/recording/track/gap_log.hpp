// SPDX-License-Identifier: Apache-2.0
// Keeps the times for which a track had no data.
#pragma once

#include <cstdint>
#include <vector>

#include "recording/file/manifest.hpp"

namespace veche::recording {

/// Of one track, from the recording's beginning on. One thread.
class GapLog {
 public:
  /// Shorter gaps are normal and not logged: discontinuous transmission, a slow picture.
  explicit GapLog(int64_t shortest_ns) : shortest_ns_(shortest_ns) {}

  /// The track has data from `start_ns` to `end_ns`. `is_loss`: what is missing before was sent.
  void add_data(int64_t start_ns, int64_t end_ns, bool is_loss);
  /// The track ends: the rest was a gap.
  void finish(int64_t end_ns) { add_gap(end_ns, "no-packets"); }

  /// At most Manifest::kMaxGaps, in order; more() counts the others.
  const std::vector<Gap>& list() const noexcept { return gaps_; }
  uint64_t more() const noexcept { return more_; }

 private:
  void add_gap(int64_t end_ns, const char* reason);

  int64_t shortest_ns_;
  int64_t end_ns_ = 0;  ///< Of the data so far.
  std::vector<Gap> gaps_;
  uint64_t more_ = 0;
};

}  // namespace veche::recording
