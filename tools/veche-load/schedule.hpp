// SPDX-License-Identifier: Apache-2.0
// Who talks when: all turns of a run, planned beforehand. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace veche::load {

enum class Pattern {
  Fixed = 1,  ///< The first participants talk all the time.
  Rotating,   ///< Turns of one length go round.
  Random,     ///< Turns of about that length, by whom chance wants.
};

struct SchedulePlan {
  Pattern pattern = Pattern::Fixed;
  uint32_t participants = 0;
  uint32_t talkers = 0;  ///< How many talk at once.
  int64_t turn_ms = 3000;
  int64_t pause_ms = 200;  ///< Between a turn and the one that takes its place.
  int64_t duration_ms = 0;
  uint32_t seed = 1;
};

struct Turn {
  uint32_t talker = 0;
  int64_t start_ms = 0;
  int64_t end_ms = 0;  ///< The first moment that does not belong to it.
  friend bool operator==(const Turn&, const Turn&) = default;
};

/// Ordered by start. Nobody has two turns at once, and at most `talkers` turns run at any moment.
std::vector<Turn> make_turns(const SchedulePlan& plan);

}  // namespace veche::load
