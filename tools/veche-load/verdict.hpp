// SPDX-License-Identifier: Apache-2.0
// Whether a run counts as good, and if not, whether the server or the generator is to blame. Pure.
#pragma once

#include <string>
#include <vector>

#include "options.hpp"
#include "results.hpp"

namespace veche::load {

struct Verdict {
  std::vector<std::string> shortcomings;  ///< In words; empty if the run counts as good.
  /// The generator was so late that what is missing need not be the server's doing.
  bool generator_late = false;
};

/// Without `expect_no_loss` only participants that failed to join count, and lateness does not.
Verdict judge(const Options& options, const Results& results);

}  // namespace veche::load
