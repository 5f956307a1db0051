// SPDX-License-Identifier: Apache-2.0
// What a link has proven to carry, and for how long that counts.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rtp/bwe/windowed_best.hpp"

namespace veche::rtp {

/// The highest rate that was carried or probed in a minute. A limit, which is what arrived while
/// more was sent, replaces it. Nothing raises it but a proof, so it never grows by itself; without
/// proofs it becomes unknown.
class ProvenCapacity {
 public:
  void carry(uint32_t bps, int64_t now_us) noexcept { prove(carried_, bps, now_us); }
  void probe(uint32_t bps, int64_t now_us) noexcept { prove(probed_, bps, now_us); }
  void limit(uint32_t bps, int64_t now_us) noexcept {
    if (bps == 0) return;
    carried_.clear();
    probed_.clear();
    carried_.add(bps, now_us);
    is_limit_ = true;
    limit_us_ = now_us;
    advance(now_us);
  }
  void advance(int64_t now_us) noexcept {
    carried_.advance(now_us);
    probed_.advance(now_us);
    if (now_us - limit_us_ > kAgeUs) is_limit_ = false;
  }

  /// 0: unknown.
  uint32_t bps() const noexcept { return std::max(carried_bps(), rate_of(probed_)); }
  /// Without what only probes have shown, for a moment.
  uint32_t carried_bps() const noexcept { return rate_of(carried_); }
  bool is_limit() const noexcept { return is_limit_; }

  static constexpr int64_t kAgeUs = 60'000'000;

 private:
  static constexpr uint32_t kSlack = 8;  ///< A measure above a limit by less than 1/8 is noise.

  static uint32_t rate_of(const WindowedHighest& proofs) noexcept {
    return static_cast<uint32_t>(proofs.best().value_or(0));
  }
  void prove(WindowedHighest& proofs, uint32_t rate_bps, int64_t now_us) noexcept {
    if (rate_bps == 0) return;
    if (rate_bps > bps() + bps() / kSlack) is_limit_ = false;
    proofs.add(rate_bps, now_us);
    advance(now_us);
  }

  WindowedHighest carried_{kAgeUs}, probed_{kAgeUs};
  int64_t limit_us_ = 0;
  bool is_limit_ = false;
};

}  // namespace veche::rtp
