// SPDX-License-Identifier: Apache-2.0
// The RTCP figures of all sessions of one port.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/counter.hpp"
#include "base/histogram.hpp"

namespace veche::media {

/// In ns, from 1 ms to 2 s.
inline constexpr std::array<int64_t, 11> kNetworkBounds{
    1'000'000,   2'000'000,   5'000'000,   10'000'000,    20'000'000,   50'000'000,
    100'000'000, 200'000'000, 500'000'000, 1'000'000'000, 2'000'000'000};
/// In thousandths.
inline constexpr std::array<int64_t, 8> kLossBounds{0, 5, 10, 20, 50, 100, 200, 500};

/// Histograms: one value for each report. The lane writes them; [any] reads them.
struct RtcpCounters {
  Counter reports_in, reports_out;  ///< Blocks about slots, and about tracks.
  Counter lost_in, lost_out;        ///< Including late packets.
  Counter nacked_in;                ///< Packets that clients requested again.
  Counter resent;                   ///< Those of them that were resent.
  Counter nacked_out;               ///< Packets that the server requested from clients again.
  Counter feedback_in;              ///< Transport-wide feedback packets that were used.
  Counter feedback_refused;         ///< Those that were malformed, not negotiated, or too many.
  Counter probes;                   ///< Packets of padding that probed the path to a client.
  Histogram round_trip_ns{kNetworkBounds};
  Histogram jitter_in_ns{kNetworkBounds}, jitter_out_ns{kNetworkBounds};
  /// Of the packets since the previous report, in thousandths.
  Histogram loss_in{kLossBounds}, loss_out{kLossBounds};
};

/// Adds the loss since the previous report.
inline void count_lost(Counter& counter, const std::atomic<int64_t>& before, int64_t now) noexcept {
  const int64_t more = now - before.load(std::memory_order_relaxed);
  if (more > 0) counter.add(static_cast<uint64_t>(more));
}

/// From a report's 256ths.
constexpr int64_t thousandths(uint8_t fraction_lost) { return int64_t{fraction_lost} * 1000 / 256; }

}  // namespace veche::media
