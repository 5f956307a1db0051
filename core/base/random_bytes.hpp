// SPDX-License-Identifier: Apache-2.0
// Bytes that cannot be guessed, without a lock.
#pragma once

#include <sys/random.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace veche {

/// [any] Fills `size` bytes, at most 256, from the kernel. OpenSSL's generator is not used for what
/// control needs: it waits for a lock that each new thread takes, for long when many clients join
/// at once.
inline void fill_random(void* bytes, size_t size) noexcept {
  // The kernel serves this much whole once the machine has started (random(7)).
  if (getrandom(bytes, size, 0) != static_cast<ssize_t>(size)) std::abort();
}

/// [any]
template <class T>
T random_value() noexcept {
  T value{};
  fill_random(&value, sizeof value);
  return value;
}

}  // namespace veche
