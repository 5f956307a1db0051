// SPDX-License-Identifier: Apache-2.0
// A window of samples, one a second.
#include "room/lane_load.hpp"

#include <algorithm>

#include "base/time.hpp"

namespace veche::room {

void LaneLoad::note(const std::vector<uint64_t>& busy_ns, int64_t now_ns) {
  if (!samples_.empty() && now_ns - samples_.back().at_ns < kNsPerS) return;
  samples_.push_back({now_ns, busy_ns});
  if (samples_.size() <= kWindowS) return;
  while (samples_.size() > kWindowS + 1) samples_.pop_front();
  const Sample& first = samples_.front();
  uint64_t most_ns = 0;
  for (size_t lane = 0; lane < std::min(busy_ns.size(), first.busy_ns.size()); ++lane) {
    most_ns = std::max(most_ns, busy_ns[lane] - first.busy_ns[lane]);
  }
  const auto window_ns = static_cast<uint64_t>(now_ns - first.at_ns);
  percent_ = static_cast<int>(most_ns * 100 / window_ns);
  is_full_ = percent_ >= (is_full_ ? kCalmPercent : kFullPercent);
}

}  // namespace veche::room
