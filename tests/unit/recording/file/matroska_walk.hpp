// SPDX-License-Identifier: Apache-2.0
// Reads a recorded file without the writer's code, and refuses what a strict reader would refuse.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace veche::recording {

struct WalkedFile {
  std::vector<int64_t> times_ms;  ///< Of each block, in order.
  std::vector<bool> keys;
  std::vector<uint64_t> clusters;  ///< Positions in the Segment.
  std::vector<int64_t> cluster_times_ms;
  std::vector<uint64_t> cues;  ///< The same, according to the index.
  std::vector<int64_t> cue_times_ms;
  double duration_ms = 0;
  bool index_is_found = false;  ///< The SeekHead leads to it.
  uint64_t segment_end = 0;
};

/// Throws std::runtime_error if the file is not whole up to its Segment's end, or if anything but
/// the hidden tail of a commit follows that end.
WalkedFile walk(const std::vector<uint8_t>& file);

}  // namespace veche::recording
