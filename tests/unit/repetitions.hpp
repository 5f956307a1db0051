// SPDX-License-Identifier: Apache-2.0
// How often a test repeats what it does, with random input or with many connections.
#pragma once

#include <cstddef>
#include <vector>

namespace veche::test {

/// A tenth of `count` where the code is not optimized (meson.build says so): it is slow then, under
/// a sanitizer tenfold.
template <typename Count>
constexpr Count repetitions(Count count) {
#if defined(VECHE_FEW_REPETITIONS)
  return count / 10;
#else
  return count;
#endif
}

/// The first, the last and every fifth of `cases` where the code is not optimized.
template <typename Case>
std::vector<Case> sampled(std::vector<Case> cases) {
#if defined(VECHE_FEW_REPETITIONS)
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
