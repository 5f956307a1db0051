// SPDX-License-Identifier: Apache-2.0
// Configurations as text, for tests: the result of a good one, the problems of a bad one.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "main/check_config.hpp"
#include "main/config.hpp"

namespace veche::main::test {

inline const Places kPlaces{"/etc/veche", {"/usr/lib/veche/plugins"}};

inline Config good(const std::string& text) {
  LoadedConfig loaded = parse_config(text, kPlaces);
  EXPECT_EQ(problem_lines("f", loaded.problems), "") << text;
  return std::move(loaded.config);
}

/// A line for each problem of the file f.
inline std::string bad(const std::string& text) {
  return problem_lines("f", parse_config(text, kPlaces).problems);
}

}  // namespace veche::main::test
