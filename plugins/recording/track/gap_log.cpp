// SPDX-License-Identifier: Apache-2.0
// Derives the times without data from those with data.
#include "recording/track/gap_log.hpp"

#include <algorithm>

#include "recording/clock.hpp"

namespace veche::recording {

void GapLog::add_data(int64_t start_ns, int64_t end_ns, bool is_loss) {
  add_gap(start_ns, is_loss ? "loss" : "no-packets");
  end_ns_ = std::max(end_ns_, end_ns);
}

void GapLog::add_gap(int64_t end_ns, const char* reason) {
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
