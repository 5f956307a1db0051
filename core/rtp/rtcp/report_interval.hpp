// SPDX-License-Identifier: Apache-2.0
// The interval between two regular RTCP reports (RFC 3550 section 6.2 and 6.3, simplified).
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace veche::rtp {

/// One second on average. The RFC's minimum of five seconds is for conferences of unknown size;
/// section 6.2 allows less where the bandwidth permits, and browsers use one second for video. A
/// session has two parties, so its size need not be estimated or reconsidered (section 6.3). A
/// report of some 100 bytes a second stays below five per cent of any audio stream.
inline constexpr int64_t kReportIntervalNs = kNsPerS;

/// The interval is between half and one and a half of the average, so that sessions do not report
/// in step (section 6.3.1). The first one is halved, so that a new stream is soon in sync. `random`
/// is any uniformly distributed number.
constexpr int64_t report_wait_ns(bool first, uint32_t random) noexcept {
  const int64_t average = first ? kReportIntervalNs / 2 : kReportIntervalNs;
  return average / 2 + (average * int64_t{random} >> 32);
}

}  // namespace veche::rtp
