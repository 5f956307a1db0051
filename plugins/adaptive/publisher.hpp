// SPDX-License-Identifier: Apache-2.0
// What the publisher of a track is asked for: by what its listeners need.
#pragma once

#include <veche/controller.h>
#include <veche/selector.h>

#include <cstdint>

#include "adaptive/clock.hpp"
#include "adaptive/reason.hpp"

namespace veche::adaptive {

/// What the listeners of one track need.
struct Audience {
  uint32_t listeners = 0;
  uint32_t limited = 0;  ///< Listeners with a budget.
  /// What the path of the median of these carries of each voice, with headers.
  uint32_t share_bps = 0;
  float loss = 0;  ///< That the encoder should prepare for, 0 to 1.
};

/// How a publisher may be asked.
struct Floors {
  uint32_t min_bitrate_bps = 16'000;
  uint32_t max_bitrate_bps = 0;  ///< 0: none.
  float least_loss = 0.02F;      ///< Less is not reported.
  bool may_hint = true;
};

struct Asked {
  uint32_t max_bitrate_bps = 0, packet_ms = 0;  ///< 0: as it likes.
  bool dtx = false;
  float reported_loss = 0;
  Reason reason = Reason::None;
};

/// Of one track. Loss is reported at once and until it has been gone for kHold. Hints become lower
/// after kLower, and are withdrawn at once.
class Publisher {
 public:
  static constexpr int64_t kHold = 5'000'000'000, kLower = 5'000'000'000;

  /// Once for each call, before the listeners are decided.
  void measure(const veche_controlled_track& track, int64_t now_ns);
  /// The most that the track cost of late, with headers.
  uint32_t price_bps() const { return price_.get(); }
  /// What it would cost if it was not asked for less; as price_bps() while it is not.
  uint32_t full_price_bps() const;
  /// Of its payload alone: what repeating a packet costs.
  uint32_t repeat_bps() const { return payload_.get(); }

  const Asked& decide(const veche_controlled_track& track, const Audience& audience,
                      const Floors& floors, int64_t now_ns);
  const Asked& asked() const { return asked_; }

 private:
  void report_loss(const Audience& audience, const Floors& floors, int64_t now_ns);
  void hint(const Audience& audience, const Floors& floors, int64_t now_ns);

  Asked asked_;
  RecentMax price_, payload_;
  uint32_t unasked_price_bps_ = 0;
  int64_t loss_needed_ns_ = 0;
  Since short_;
};

/// A bit rate and packet length for a voice that may cost `share_bps` with headers: packets grow
/// when their headers cost more than what is in them.
Asked fit_voice(uint32_t share_bps, uint32_t min_bitrate_bps);

/// How many of a track's listeners may need more than this percentile of them.
uint32_t beyond_percentile(uint32_t listeners, uint32_t percent);

}  // namespace veche::adaptive
