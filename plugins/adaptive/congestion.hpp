// SPDX-License-Identifier: Apache-2.0
// Whether more is sent to a listener than its path carries.
#pragma once

#include <veche/controller.h>

#include <cstdint>

#include "adaptive/clock.hpp"

namespace veche::adaptive {

/// With transport-wide feedback a standing queue says so, or loss far above the floor while more is
/// sent than was proven. With receiver reports alone: such loss together with a growing round trip
/// or jitter, or a round trip that has grown by much.
class Congestion {
 public:
  struct Seen {
    bool is_standing = false;  ///< For long enough to act on.
    bool is_clear = false;     ///< There has been none for half a second.
    uint32_t queue_us = 0;     ///< Measured, or by how much the round trip has grown.
  };

  /// `queue_us`: from here on a queue counts.
  Seen update(const veche_controlled_session& session, uint32_t queue_us, int64_t now_ns);
  const Seen& seen() const { return seen_; }

 private:
  static bool loses_too_much(const veche_controlled_session& session);
  bool by_reports(const veche_controlled_session& session, int64_t now_ns);

  Seen seen_;
  RecentMin round_trip_us_, jitter_us_;
  Since stands_, towers_, loses_, clears_;
};

}  // namespace veche::adaptive
