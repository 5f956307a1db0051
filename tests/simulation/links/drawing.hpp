// SPDX-License-Identifier: Apache-2.0
// Draws what was estimated and sent against what a link could carry.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenario.hpp"

namespace veche::simulation {

/// An SVG with a panel for each run's first media flow.
std::string draw(const std::vector<std::pair<Scenario, Run>>& runs);

}  // namespace veche::simulation
