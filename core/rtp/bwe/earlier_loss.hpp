// SPDX-License-Identifier: Apache-2.0
// Remembers what a link lost before more was sent through it.
#pragma once

#include <cstdint>

#include "rtp/bwe/link_state.hpp"

namespace veche::rtp {

/// Loss that was there before is not the fault of more packets: redundancy answers loss with more,
/// and a policer answers more with loss. Counts from the first loss after a second without any.
class EarlierLoss {
 public:
  void add(bool is_lost, int64_t sent_us) noexcept {
    if (sent_us - last_loss_us_ > kCleanUs) packets_ = lost_ = 0;
    if (packets_ == 0 && !is_lost) return;
    if (is_lost) {
      last_loss_us_ = sent_us;
      ++lost_;
    }
    if (++packets_ < kMost) return;
    packets_ /= 2;
    lost_ /= 2;
  }
  void clear() noexcept { packets_ = lost_ = 0; }
  /// In 1/65536; 0: there was none, or of too few packets to tell.
  uint32_t part() const noexcept {
    return packets_ < kLeast ? 0 : lost_ * LinkState::kOne / packets_;
  }

 private:
  static constexpr int64_t kCleanUs = 1'000'000;
  static constexpr uint32_t kLeast = 15;
  static constexpr uint32_t kMost = 256;  ///< Old packets count half from then on.

  uint32_t packets_ = 0, lost_ = 0;
  int64_t last_loss_us_ = 0;
};

}  // namespace veche::rtp
