// SPDX-License-Identifier: Apache-2.0
// What a session takes of the process, by path.
#pragma once

#include <cstddef>
#include <cstdint>

#include "media/settings.hpp"

namespace veche::media {

/// Of descriptors, of tasks, of bytes, or of UDP ports.
struct SessionShare {
  int64_t joining = 0;    ///< The most, from the offer until it is connected.
  int64_t connected = 0;  ///< As long as it lasts.
};

struct SessionCost {
  SessionShare descriptors, tasks, memory_bytes, ports;
  /// CPU time of a listener in a second in which three people talk.
  int64_t cpu_us_per_s = 0;
};

/// Measured with 60 sessions, answered and not connected, then with 60 that were, GStreamer 1.22.0:
/// on the wire path webrtcbin goes when the session is connected, on the pipeline path it stays,
/// with a UDP socket for each address. docs/performance.md has the figures. Memory: twice what was
/// measured. CPU: what a forwarded packet costs, 150 times.
inline SessionCost session_cost(PathKind path, size_t addresses) {
  constexpr int64_t kMiB = int64_t{1024} * 1024;
  if (path == PathKind::Wire) return {{3, 0}, {4, 0}, {kMiB, kMiB / 2}, {0, 0}, int64_t{150} * 15};
  const int64_t descriptors = 8 + static_cast<int64_t>(addresses);
  return {{descriptors, descriptors}, {7, 6}, {kMiB, kMiB}, {1, 1}, int64_t{150} * 83};
}

}  // namespace veche::media
