// SPDX-License-Identifier: Apache-2.0
// An array as a newer host would pass it: its elements are larger than the plugin knows.
#pragma once

#include <veche/plugin.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace veche::tool {

/// Flags that no version of the interface has yet, as a newer host might set them.
inline constexpr uint32_t kUnknownFlags = 0xfff00000;

/// Copies of elements, each followed by bytes that the plugin does not know and must not change.
template <class T>
class Spaced {
 public:
  static constexpr uint8_t kUntouched = 0xa5;

  /// `room`: bytes behind each element, a multiple of 8.
  void assign(const std::vector<T>& elements, uint32_t room) {
    stride_ = static_cast<uint32_t>(sizeof(T)) + room;
    count_ = elements.size();
    // One element more: there is always something behind the end.
    words_.assign((count_ + 1) * stride_ / sizeof(uint64_t), 0);
    std::memset(words_.data(), kUntouched, words_.size() * sizeof(uint64_t));
    for (size_t i = 0; i < count_; ++i) *at(i) = elements[i];
  }
  T* data() { return reinterpret_cast<T*>(words_.data()); }
  uint32_t stride() const { return stride_; }
  T* at(size_t i) { return VECHE_AT(T, words_.data(), stride_, i); }
  /// False if anything but the elements has changed.
  bool is_intact() const {
    const auto* bytes = reinterpret_cast<const uint8_t*>(words_.data());
    for (size_t i = 0; i < words_.size() * sizeof(uint64_t); ++i) {
      const bool is_known = i / stride_ < count_ && i % stride_ < sizeof(T);
      if (!is_known && bytes[i] != kUntouched) return false;
    }
    return true;
  }

 private:
  static_assert(sizeof(T) % sizeof(uint64_t) == 0);
  std::vector<uint64_t> words_;  ///< Aligned for every T of the interface.
  size_t count_ = 0;
  uint32_t stride_ = sizeof(T);
};

}  // namespace veche::tool
