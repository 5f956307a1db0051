// SPDX-License-Identifier: Apache-2.0
// What the log counts, as metrics.
#pragma once

#include <array>
#include <cstdint>

#include "base/histogram.hpp"
#include "base/metric.hpp"
#include "base/time.hpp"
#include "events/backlog.hpp"
#include "events/store.hpp"

namespace veche::events {

/// [control]
struct LogCounters {
  static constexpr std::array<int64_t, 9> kBoundsNs{kNsPerMs,       2 * kNsPerMs,  5 * kNsPerMs,
                                                    10 * kNsPerMs,  25 * kNsPerMs, 100 * kNsPerMs,
                                                    500 * kNsPerMs, 2 * kNsPerS,   10 * kNsPerS};

  uint64_t written = 0;  ///< Events.
  uint64_t errors = 0;   ///< Batches.
  Histogram write_ns{kBoundsNs};

  void put_metrics(MetricSink& sink, const Backlog& backlog, const Store::Summary& summary) const;
};

}  // namespace veche::events
