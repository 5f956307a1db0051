// SPDX-License-Identifier: Apache-2.0
// Records which of the newest packet indices have been received (RFC 3711 section 3.3.2).
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace veche::rtp {

/// The newest index and kSize - 1 before it. One thread.
template <size_t kSize>
class ReplayWindow {
 public:
  /// Nothing before the first take().
  std::optional<uint64_t> newest() const noexcept { return newest_; }

  bool is_new(uint64_t index) const noexcept {
    if (!newest_ || index > *newest_) return true;
    return *newest_ - index < kSize && !taken_[index % kSize];
  }

  /// Requires is_new().
  void take(uint64_t index) noexcept {
    if (!newest_) newest_ = index;
    if (index > *newest_) move_to(index);
    taken_[index % kSize] = true;
  }

 private:
  void move_to(uint64_t index) noexcept {
    if (index - *newest_ >= kSize) {
      taken_.reset();
    } else {
      for (uint64_t i = *newest_ + 1; i < index; ++i) taken_[i % kSize] = false;
    }
    newest_ = index;
  }

  std::optional<uint64_t> newest_;
  std::bitset<kSize> taken_;  ///< A ring: an index is stored at its value modulo kSize.
};

}  // namespace veche::rtp
