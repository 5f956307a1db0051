// SPDX-License-Identifier: Apache-2.0
// Tells whether the loss of a bad time comes from the rate: it goes down with it, or it does not.
#pragma once

#include <cstdint>

#include "rtp/bwe/delivery.hpp"

namespace veche::rtp {

/// A policer and a bad radio look alike until less is sent.
class LossEpisode {
 public:
  enum class Cause : uint8_t {
    Rate = 1,  ///< What arrives is a limit.
    Open,      ///< Less is sent since, too short a time to tell.
    Floor,     ///< As much is lost though less is sent.
  };

  /// A measure with too much loss.
  Cause add(const CarriedRate::Measure& measure) noexcept {
    if (is_floor_) return Cause::Floor;
    if (sent_bps_ == 0) {
      sent_bps_ = measure.sent_bps;
      loss_ = measure.loss;
    }
    const bool is_relieved = measure.sent_bps < sent_bps_ - sent_bps_ / 4;
    if (!is_relieved) return Cause::Rate;
    relieved_loss_ += measure.loss;
    if (++relieved_ < kMeasures) return Cause::Open;
    is_floor_ = relieved_loss_ / kMeasures >= loss_ - loss_ / 4;
    relieved_loss_ = relieved_ = 0;
    return is_floor_ ? Cause::Floor : Cause::Rate;
  }
  void end() noexcept { *this = {}; }
  bool is_floor() const noexcept { return is_floor_; }

 private:
  static constexpr uint32_t kMeasures = 3;

  uint32_t sent_bps_ = 0, loss_ = 0;  ///< Of its begin.
  uint32_t relieved_loss_ = 0, relieved_ = 0;
  bool is_floor_ = false;
};

}  // namespace veche::rtp
