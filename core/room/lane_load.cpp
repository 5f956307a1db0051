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
  const size_t lanes = std::min(busy_ns.size(), first.busy_ns.size());
  if (lanes == 0) return;
  uint64_t sum_ns = 0, least_ns = UINT64_MAX;
  for (size_t lane = 0; lane < lanes; ++lane) {
    const uint64_t lane_ns = busy_ns[lane] - first.busy_ns[lane];
    sum_ns += lane_ns;
    least_ns = std::min(least_ns, lane_ns);
  }
  const auto window_ns = static_cast<uint64_t>(now_ns - first.at_ns);
  percent_ = static_cast<int>(sum_ns / lanes * 100 / window_ns);
  const int calmest = static_cast<int>(least_ns * 100 / window_ns);
  is_full_ = calmest >= (is_full_ ? kCalmPercent : kFullPercent);
}

}  // namespace veche::room
