// SPDX-License-Identifier: Apache-2.0
// When a packet arrived, and when its content was captured.
#pragma once

#include <cstdint>

namespace veche::media {

/// Both on our clock. Without a sender report of its publisher the capture time is estimated from
/// the arrival.
struct PacketTimes {
  PacketTimes() = default;
  PacketTimes(int64_t arrival) : arrival_ns(arrival), capture_ns(arrival) {}  // NOLINT: implicit
  PacketTimes(int64_t arrival, int64_t capture, bool reported = false)
      : arrival_ns(arrival), capture_ns(capture), is_reported(reported) {}

  int64_t arrival_ns = 0;
  int64_t capture_ns = 0;
  bool is_reported = false;  ///< The capture time comes from a sender report.
};

}  // namespace veche::media
