// SPDX-License-Identifier: Apache-2.0
// How often a test repeats what it does, with random input or with many connections.
#pragma once

#include <cstddef>
#include <vector>

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

/// The first, the last and every fifth of `cases` where a sanitizer watches.
template <typename Case>
std::vector<Case> sampled(std::vector<Case> cases) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::vector<Case> some;
  for (size_t i = 0; i < cases.size(); ++i) {
    if (i % 5 == 0 || i + 1 == cases.size()) some.push_back(cases[i]);
  }
  return some;
#else
  return cases;
#endif
}

}  // namespace veche::test
