// SPDX-License-Identifier: Apache-2.0
// By age one by one, by size a whole step.
#include "events/retention.hpp"

#include <algorithm>

namespace veche::events {

size_t count_to_drop(const RetentionLimits& limits, const Holdings& holdings,
                     std::span<const KeptEvent> oldest, int64_t now_unix_ms) {
  if (limits.bytes > 0 && holdings.bytes > limits.bytes) return oldest.size();
  size_t count = 0;
  if (limits.age_ms > 0) {
    while (count < oldest.size() && now_unix_ms - oldest[count].time_unix_ms > limits.age_ms) {
      ++count;
    }
  }
  if (limits.events > 0 && holdings.events > limits.events) {
    count = std::max<size_t>(count, holdings.events - limits.events);
  }
  return std::min(count, oldest.size());
}

}  // namespace veche::events
