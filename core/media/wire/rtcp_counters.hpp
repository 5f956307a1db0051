// SPDX-License-Identifier: Apache-2.0
// What the RTCP of all sessions of one port says. Read by anybody.
#pragma once

#include <array>
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

/// Histograms: one value for each report. The lane writes them.
struct RtcpCounters {
  Counter reports_in, reports_out;  ///< Blocks about slots, and about tracks.
  Counter lost_in, lost_out;        ///< A packet that came late counts too.
  Counter nacked_in;                ///< Packets that clients asked for again,
  Counter resent;                   ///< and got.
  Counter nacked_out;               ///< Packets that clients were asked for.
  Histogram round_trip_ns{kNetworkBounds};
  Histogram jitter_in_ns{kNetworkBounds}, jitter_out_ns{kNetworkBounds};
  /// Of what was sent since the report before, in thousandths.
  Histogram loss_in{kLossBounds}, loss_out{kLossBounds};
};

}  // namespace veche::media
