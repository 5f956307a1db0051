// SPDX-License-Identifier: Apache-2.0
// Reads traces of real links as OpenNetLab publishes them: JSON with durations and capacities.
#pragma once

#include <string>
#include <vector>

#include "scenario.hpp"

namespace veche::simulation {

/// A scenario of three voices for each *.json of the folder, by name. Files that are no traces are
/// left out, and `errors` says which and why, a line each.
std::vector<Scenario> read_traces(const std::string& folder, std::string& errors);

}  // namespace veche::simulation
