// SPDX-License-Identifier: Apache-2.0
// The turns of all talkers in a run, planned in advance. Pure.
#pragma once

#include <cstdint>
#include <vector>

namespace veche::load {

enum class Pattern {
  Fixed = 1,  ///< The first participants talk all the time.
  Rotating,   ///< Turns of one length rotate among the participants.
  Random,     ///< Turns of about that length, by random participants.
};

struct SchedulePlan {
  Pattern pattern = Pattern::Fixed;
  uint32_t participants = 0;
  uint32_t talkers = 0;  ///< How many talk at once.
  int64_t turn_ms = 3000;
  int64_t pause_ms = 200;  ///< Between a turn and its successor.
  int64_t duration_ms = 0;
  uint32_t seed = 1;
};

struct Turn {
  uint32_t talker = 0;
  int64_t start_ms = 0;
  int64_t end_ms = 0;  ///< Exclusive.
  friend bool operator==(const Turn&, const Turn&) = default;
};

/// Ordered by start. A participant's turns never overlap, and at most `talkers` turns run at once.
std::vector<Turn> make_turns(const SchedulePlan& plan);

}  // namespace veche::load
