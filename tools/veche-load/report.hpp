// SPDX-License-Identifier: Apache-2.0
// Results for people and for programs.
#pragma once

#include <string>

#include "options.hpp"
#include "results.hpp"

namespace veche::load {

std::string to_table(const Options& options, const Results& results);
/// docs: README.md beside this file lists the fields.
std::string to_json(const Options& options, const Results& results);

}  // namespace veche::load
