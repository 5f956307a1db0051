// SPDX-License-Identifier: Apache-2.0
// Times without data, from when there was some.
#include "recording/track/gap_log.hpp"

#include <algorithm>

namespace veche::recording {

void GapLog::add_data(int64_t start_ns, int64_t end_ns, bool is_loss) {
  add_gap(start_ns, is_loss ? "loss" : "no-packets");
  end_ns_ = std::max(end_ns_, end_ns);
}

void GapLog::add_gap(int64_t end_ns, const char* reason) {
  constexpr int64_t kNsPerMs = 1'000'000;
  const int64_t start_ns = end_ns_;
  end_ns_ = std::max(end_ns_, end_ns);
  if (end_ns - start_ns < shortest_ns_) return;
  if (gaps_.size() == Manifest::kMaxGaps) {
    ++more_;
    return;
  }
  gaps_.push_back({{start_ns / kNsPerMs, end_ns / kNsPerMs}, reason});
}

}  // namespace veche::recording
