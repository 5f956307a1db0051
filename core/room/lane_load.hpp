// SPDX-License-Identifier: Apache-2.0
// Measures how busy the lanes are, and whether that leaves room for new participants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace veche::room {

/// Pure. [control]
class LaneLoad {
 public:
  /// When even the calmest lane is at kFullPercent the server refuses new participants until one is
  /// below kCalmPercent, so that the answer does not change with every packet. One hot lane does
  /// not matter: new sessions go to the others.
  static constexpr int kFullPercent = 80, kCalmPercent = 70;
  /// The load is a mean over this many seconds: a burst is no reason to refuse participants.
  static constexpr size_t kWindowS = 5;

  /// The busy time of each lane since the start. Takes one sample a second.
  void note(const std::vector<uint64_t>& busy_ns, int64_t now_ns);
  /// The mean of all lanes; 0 in the first seconds.
  int percent() const { return percent_; }
  bool is_full() const { return is_full_; }

 private:
  struct Sample {
    int64_t at_ns;
    std::vector<uint64_t> busy_ns;
  };
  std::deque<Sample> samples_;
  int percent_ = 0;
  bool is_full_ = false;
};

}  // namespace veche::room
