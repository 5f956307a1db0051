// SPDX-License-Identifier: Apache-2.0
// How often a test repeats what it does with random input.
#pragma once

namespace veche::test {

/// A tenth of `count` where a sanitizer watches: it slows such a loop at least tenfold.
template <typename Count>
constexpr Count repetitions(Count count) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return count / 10;
#else
  return count;
#endif
}

}  // namespace veche::test
