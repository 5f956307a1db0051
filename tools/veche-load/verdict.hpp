// SPDX-License-Identifier: Apache-2.0
// Whether a run passes, and if not, whether the server or the generator is to blame. Pure.
#pragma once

#include <string>
#include <vector>

#include "options.hpp"
#include "results.hpp"

namespace veche::load {

struct Verdict {
  std::vector<std::string> shortcomings;  ///< In words; empty if the run passes.
  /// The generator was so late that losses need not be the server's fault.
  bool generator_late = false;
};

/// Without `expect_no_loss` only failed joins count, and lateness does not.
Verdict judge(const Options& options, const Results& results);

}  // namespace veche::load
