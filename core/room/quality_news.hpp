// SPDX-License-Identifier: Apache-2.0
// Turns the quality of a client's network into events, of which there are few. Pure.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "room/session_control.hpp"

namespace veche::room {

/// Of one session. A quality that goes back before it was told is not told.
class QualityNews {
 public:
  static constexpr int64_t kEachNs = 5 * kNsPerS;

  /// True when this quality, the newest one, is to be told now: at most once every kEachNs.
  bool is_due(Quality quality, int64_t now_ns) {
    if (quality == told_ || now_ns < next_ns_) return false;
    told_ = quality;
    next_ns_ = now_ns + kEachNs;
    return true;
  }
  Quality told() const { return told_; }

 private:
  Quality told_ = Quality::Unknown;
  int64_t next_ns_ = 0;
};

}  // namespace veche::room
