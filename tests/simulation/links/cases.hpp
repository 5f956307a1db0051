// SPDX-License-Identifier: Apache-2.0
// The cases that the estimate of a link is measured by, and what it must reach in each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario.hpp"

namespace veche::simulation {

struct Bounds {
  int64_t notice_ms = 0;  ///< At most; likewise below.
  int64_t find_ms = 0;
  double least_use = 0;
  double queue_p95_ms = 0;
  double loss = 0;
  uint32_t changes = 1000;  ///< Of the number of voices.
};

struct Case {
  std::string id;  ///< A word.
  Scenario scenario;
  Bounds bounds;
};

/// What a room of voices meets, with cases of RFC 8867 scaled down to voice.
std::vector<Case> voice_cases();
/// The cases of RFC 8867, section 5, at its own scale.
std::vector<Case> video_cases();

}  // namespace veche::simulation
