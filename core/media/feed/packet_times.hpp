// SPDX-License-Identifier: Apache-2.0
// When a packet came, and when what it carries was captured.
#pragma once

#include <cstdint>

namespace veche::media {

/// Both by our clock. Without a sender report of its publisher the capture is guessed from the
/// arrival.
struct PacketTimes {
  PacketTimes() = default;
  PacketTimes(int64_t arrival) : arrival_ns(arrival), capture_ns(arrival) {}  // NOLINT: implicit
  PacketTimes(int64_t arrival, int64_t capture, bool reported = false)
      : arrival_ns(arrival), capture_ns(capture), is_reported(reported) {}

  int64_t arrival_ns = 0;
  int64_t capture_ns = 0;
  bool is_reported = false;  ///< The capture is by a sender report.
};

}  // namespace veche::media
