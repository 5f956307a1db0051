// SPDX-License-Identifier: Apache-2.0
// Asks the processor for memory before it is needed.
#pragma once

#include <cstddef>

namespace veche {

/// A hint: it does nothing if there is no such memory.
inline void prefetch(const void* memory, size_t size) noexcept {
  constexpr size_t kCacheLine = 64;
  const auto* bytes = static_cast<const char*>(memory);
  for (size_t at = 0; at < size; at += kCacheLine) __builtin_prefetch(bytes + at);
}

template <class T>
void prefetch(const T* object) noexcept {
  prefetch(object, sizeof(T));
}

}  // namespace veche
