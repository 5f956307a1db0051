// SPDX-License-Identifier: Apache-2.0
// Bytes that are wiped after use.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace veche::media {

/// Has one owner at a time: a moved-from or destroyed secret holds zeros. Nothing is on the heap,
/// so no copy is left there either.
class Secret {
 public:
  /// Key and salt of the longest SRTP profile (RFC 7714) take 44 bytes.
  static constexpr size_t kMaxSize = 64;

  Secret() = default;
  /// Copies. Longer input is cut, to a size that no key has.
  explicit Secret(std::span<const uint8_t> bytes) noexcept;
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::span<const uint8_t> bytes() const noexcept { return {bytes_.data(), size_}; }

 private:
  void take(Secret& other) noexcept;
  void wipe() noexcept;

  std::array<uint8_t, kMaxSize> bytes_{};
  size_t size_ = 0;
};

}  // namespace veche::media
