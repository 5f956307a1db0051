// SPDX-License-Identifier: Apache-2.0
// By age first, then by size.
#include "recording/store/retention.hpp"

#include <algorithm>
#include <numeric>

namespace veche::recording {

namespace {

/// A recording without an end counts from its beginning.
int64_t end_of(const Manifest& manifest) {
  return std::max(manifest.started_unix_ms, manifest.ended_unix_ms);
}

uint64_t bytes_of(const Manifest& manifest) {
  return std::accumulate(manifest.files.begin(), manifest.files.end(), uint64_t{0},
                         [](uint64_t sum, const FileEntry& file) { return sum + file.bytes; });
}

}  // namespace

std::vector<std::string> expired(const std::vector<Stored>& recordings, const Retention& retention,
                                 int64_t now_unix_ms) {
  uint64_t total = 0;
  std::vector<const Stored*> ended;
  for (const Stored& recording : recordings) {
    total += bytes_of(recording.manifest);
    if (recording.manifest.state != State::Recording) ended.push_back(&recording);
  }
  std::stable_sort(ended.begin(), ended.end(), [](const Stored* a, const Stored* b) {
    return end_of(a->manifest) < end_of(b->manifest);
  });

  std::vector<std::string> paths;
  for (const Stored* recording : ended) {
    const int64_t age_ms = now_unix_ms - end_of(recording->manifest);
    const bool too_old = retention.max_age_s > 0 && age_ms / 1000 >= retention.max_age_s;
    const bool too_much = retention.max_total_bytes > 0 && total > retention.max_total_bytes;
    if (!too_old && !too_much) break;
    total -= bytes_of(recording->manifest);
    paths.push_back(recording->path);
  }
  return paths;
}

}  // namespace veche::recording
