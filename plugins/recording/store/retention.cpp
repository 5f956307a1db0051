// SPDX-License-Identifier: Apache-2.0
// By age and by size, the oldest first.
#include "recording/store/retention.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace veche::recording {

int64_t end_of(const Manifest& manifest) noexcept {
  return std::max(manifest.started_unix_ms, manifest.ended_unix_ms) + manifest.clock_step_ms;
}

uint64_t bytes_of(const Manifest& manifest) noexcept {
  return std::accumulate(manifest.files.begin(), manifest.files.end(), uint64_t{0},
                         [](uint64_t sum, const FileEntry& file) { return sum + file.bytes; });
}

std::vector<std::string> expired(std::vector<Aged> recordings, const Retention& retention,
                                 const Now& now, uint64_t in_progress_bytes) {
  uint64_t total = in_progress_bytes;
  for (const Aged& recording : recordings) total += recording.bytes;
  // What ended in this process is newer than what was there before, whatever the clock said.
  std::stable_sort(recordings.begin(), recordings.end(), [](const Aged& a, const Aged& b) {
    return std::pair(a.ended_boot_ms, a.ended_unix_ms) <
           std::pair(b.ended_boot_ms, b.ended_unix_ms);
  });
  std::vector<std::string> ids;
  for (Aged& recording : recordings) {
    const int64_t age_ms = recording.ended_boot_ms > 0 ? now.boot_ms - recording.ended_boot_ms
                                                       : now.unix_ms - recording.ended_unix_ms;
    const bool too_old = retention.max_age_s > 0 && age_ms / 1000 >= retention.max_age_s;
    const bool too_much = retention.max_total_bytes > 0 && total > retention.max_total_bytes;
    if (!too_old && !too_much) continue;
    total -= recording.bytes;
    ids.push_back(std::move(recording.id));
  }
  return ids;
}

int64_t TrustedTime::unix_ms(int64_t boot_ms, int64_t unix_ms) noexcept {
  const int64_t offset_ms = unix_ms - boot_ms;
  if (!std::exchange(is_started_, true)) offset_ms_ = offset_ms;
  if (std::abs(offset_ms - offset_ms_) <= kJumpMs) {
    // Small corrections add up over the weeks.
    offset_ms_ = offset_ms;
    jumped_offset_ms_.reset();
    return unix_ms;
  }
  if (!jumped_offset_ms_ || std::abs(offset_ms - *jumped_offset_ms_) > kJumpMs) {
    news_ = offset_ms - jumped_offset_ms_.value_or(offset_ms_);
    jumped_at_ms_ = boot_ms;
  }
  jumped_offset_ms_ = offset_ms;
  if (boot_ms - jumped_at_ms_ >= kTrustMs) {
    offset_ms_ = offset_ms;
    jumped_offset_ms_.reset();
    return unix_ms;
  }
  return std::min(unix_ms, boot_ms + offset_ms_);
}

std::optional<int64_t> TrustedTime::take_jump_ms() noexcept {
  return std::exchange(news_, std::nullopt);
}

}  // namespace veche::recording
