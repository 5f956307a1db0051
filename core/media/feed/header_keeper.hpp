// SPDX-License-Identifier: Apache-2.0
// Records packet headers of one direction of a session on request.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "rtp/header_ring.hpp"

namespace veche::media {

/// Most sessions are never recorded: until a request a packet costs one comparison, and no memory
/// is taken.
class HeaderKeeper {
 public:
  /// [control] The end, on the monotonic clock. The ring stays as long as the keeper.
  void keep_until(int64_t until_ns) {
    if (!ring_) ring_ = std::make_unique<rtp::HeaderRing>();
    until_ns_.store(until_ns, std::memory_order_release);
  }
  /// [control]
  void forget() {
    until_ns_.store(0, std::memory_order_relaxed);
    if (ring_) ring_->forget();
  }
  /// [control] Empty if nothing was recorded.
  std::vector<rtp::KeptHeader> read() const {
    return ring_ ? ring_->read() : std::vector<rtp::KeptHeader>{};
  }

  /// [streaming or lane] One thread at a time. `packet` is RTP, encrypted or not.
  void rtp(std::span<const uint8_t> packet, int64_t now_ns) noexcept {
    if (is_wanted(now_ns)) ring_->keep_rtp(packet, now_ns);
  }
  /// [same thread] Decrypted.
  void rtcp(std::span<const uint8_t> packet, int64_t now_ns) noexcept {
    if (is_wanted(now_ns)) ring_->keep_rtcp(packet, now_ns);
  }

 private:
  /// The ring exists if this is true: it is made first.
  bool is_wanted(int64_t now_ns) const noexcept {
    return now_ns < until_ns_.load(std::memory_order_acquire);
  }

  std::unique_ptr<rtp::HeaderRing> ring_;
  std::atomic<int64_t> until_ns_{0};
};

}  // namespace veche::media
