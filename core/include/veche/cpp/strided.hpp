// SPDX-License-Identifier: Apache-2.0
// An array of the host, whose elements may be larger than the plugin knows, as a range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>

#include "../plugin.h"

namespace veche {

/// Borrowed, like the array. Elements are found by the stride, never by their type's size.
template <class T>
class Strided {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = std::remove_const_t<T>;
    using difference_type = std::ptrdiff_t;
    using pointer = T*;
    using reference = T&;

    Iterator() = default;
    Iterator(T* at, uint32_t stride) noexcept : at_(at), stride_(stride) {}
    T& operator*() const noexcept { return *at_; }
    T* operator->() const noexcept { return at_; }
    Iterator& operator++() noexcept {
      at_ = VECHE_AT(T, at_, stride_, 1);
      return *this;
    }
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const noexcept { return at_ == other.at_; }

   private:
    T* at_ = nullptr;
    uint32_t stride_ = 0;
  };

  Strided() = default;
  Strided(T* array, uint32_t stride, size_t count) noexcept
      : array_(array), stride_(stride), count_(count) {}

  size_t size() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  T& operator[](size_t i) const noexcept { return *VECHE_AT(T, array_, stride_, i); }
  Iterator begin() const noexcept { return {array_, stride_}; }
  Iterator end() const noexcept { return {VECHE_AT(T, array_, stride_, count_), stride_}; }
  /// `count` elements from `first` on; both within the array.
  Strided part(size_t first, size_t count) const noexcept {
    return {VECHE_AT(T, array_, stride_, first), stride_, count};
  }
  /// The place of one of its elements.
  size_t index_of(const T& element) const noexcept {
    const auto* begin = reinterpret_cast<const char*>(array_);
    return static_cast<size_t>(reinterpret_cast<const char*>(&element) - begin) / stride_;
  }

 private:
  T* array_ = nullptr;
  uint32_t stride_ = sizeof(T);
  size_t count_ = 0;
};

}  // namespace veche
