// SPDX-License-Identifier: Apache-2.0
// What a sender does with an estimate: the least that shows whether the estimate is good.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rtp/bwe/link_state.hpp"

namespace veche::simulation {

/// Cuts voices that do not fit, and takes one more when there is proven room for it.
class VoicePolicy {
 public:
  VoicePolicy(uint32_t voices, uint32_t voice_bps)
      : voices_(voices), voice_bps_(voice_bps), sent_(voices) {}

  void decide(const rtp::LinkState& state, int64_t now_us) {
    // What reports limit is tried again, because it cannot be probed.
    const bool is_tight = state.region == rtp::LinkRegion::Congested ||
                          (state.is_limit && state.source == rtp::LinkSource::Feedback);
    const uint32_t fitting =
        std::clamp<uint32_t>(state.capacity_bps / voice_bps_, 1, std::max<uint32_t>(voices_, 1));
    if (is_tight && state.capacity_bps > 0 && fitting < sent_) change(fitting, now_us);
    if (sent_ == voices_) {
      wish_bps_ = 0;
      return;
    }
    wish_bps_ = (sent_ + 1) * voice_bps_;
    const bool is_proven =
        state.region == rtp::LinkRegion::Clear && state.capacity_bps >= wish_bps_;
    if (is_proven && now_us - changed_us_ > kStepUs) return change(sent_ + 1, now_us);
    // Without transport-wide feedback nothing can be probed, so it has to be tried.
    const bool must_try =
        state.source == rtp::LinkSource::Reports && state.region == rtp::LinkRegion::Clear;
    if (must_try && now_us - changed_us_ > kTryUs) change(sent_ + 1, now_us);
  }
  uint32_t voices() const { return sent_; }
  uint32_t wish_bps() const { return wish_bps_; }
  uint32_t changes() const { return changes_; }

 private:
  static constexpr int64_t kStepUs = 1'000'000;
  static constexpr int64_t kTryUs = 5'000'000;
  void change(uint32_t voices, int64_t now_us) {
    sent_ = voices;
    changed_us_ = now_us;
    ++changes_;
  }

  uint32_t voices_, voice_bps_, sent_, wish_bps_ = 0, changes_ = 0;
  int64_t changed_us_ = 0;
};

/// Sends a little less than what is proven, and wishes for a quarter more.
class VideoPolicy {
 public:
  VideoPolicy(uint32_t least_bps, uint32_t most_bps) : least_bps_(least_bps), most_bps_(most_bps) {}

  void decide(const rtp::LinkState& state) {
    if (state.capacity_bps == 0) return;
    uint32_t bps = state.capacity_bps - state.capacity_bps / 16;
    if (state.region == rtp::LinkRegion::Congested) bps -= bps / 8;  // Drains the queue.
    bps_ = std::clamp(bps, least_bps_, most_bps_);
    wish_bps_ = bps_ < most_bps_ ? std::min(most_bps_ + most_bps_ / 8, bps_ + bps_ / 4) : 0;
  }
  uint32_t bps() const { return bps_; }
  uint32_t wish_bps() const { return wish_bps_; }

 private:
  uint32_t least_bps_, most_bps_, bps_ = 300'000, wish_bps_ = 0;
};

}  // namespace veche::simulation
