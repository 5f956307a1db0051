// SPDX-License-Identifier: Apache-2.0
// The resources that a session takes from the process, by path.
#pragma once

#include <cstddef>
#include <cstdint>

#include "media/settings.hpp"

namespace veche::media {

/// The use of one resource: descriptors, tasks, bytes or UDP ports.
struct SessionShare {
  int64_t joining = 0;    ///< At most, from the offer until the session is connected.
  int64_t connected = 0;  ///< While it is connected.
};

struct SessionCost {
  SessionShare descriptors, tasks, memory_bytes, ports;
  /// CPU time for one listener in a second during which three people talk.
  int64_t cpu_us_per_s = 0;
};

/// Measured with 60 answered but unconnected sessions, then with 60 connected ones, on GStreamer
/// 1.22.0. On the wire path webrtcbin goes when the session is connected; on the pipeline path it
/// stays, with a UDP socket for each address. docs/performance.md has the figures. Memory: twice
/// the measured value.
inline SessionCost session_cost(PathKind path, size_t addresses) {
  constexpr int64_t kMiB = int64_t{1024} * 1024;
  constexpr int64_t kPacketsPerS = 150;  // Three talkers, 50 each.
  constexpr int64_t kWirePacketUs = 15, kPipelinePacketUs = 83;
  if (path == PathKind::Wire) {
    return {.descriptors = {.joining = 3, .connected = 0},
            .tasks = {.joining = 4, .connected = 0},
            .memory_bytes = {.joining = kMiB, .connected = kMiB / 2},
            .ports = {.joining = 0, .connected = 0},
            .cpu_us_per_s = kPacketsPerS * kWirePacketUs};
  }
  const int64_t descriptors = 8 + static_cast<int64_t>(addresses);
  return {.descriptors = {.joining = descriptors, .connected = descriptors},
          .tasks = {.joining = 7, .connected = 6},
          .memory_bytes = {.joining = kMiB, .connected = kMiB},
          .ports = {.joining = 1, .connected = 1},
          .cpu_us_per_s = kPacketsPerS * kPipelinePacketUs};
}

}  // namespace veche::media
