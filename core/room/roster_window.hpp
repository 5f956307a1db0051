// SPDX-License-Identifier: Apache-2.0
// The part of a roster that one client is told: in a large room nobody needs all of it. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "room/join_order.hpp"
#include "room/types.hpp"

namespace veche::room {

/// How many of the roster, by join, a client sees unless it asks for another number, and how many
/// it may ask for.
inline constexpr size_t kDefaultWindow = 50;
inline constexpr size_t kMaxWindow = 200;

/// Whom a client needs to see in a room of any size. Valid while the client's participant and the
/// room's speakers stay as they are.
struct Concerns {
  const std::string& self;
  const std::vector<std::string>& pinned;
  const std::vector<SlotView>& slots;
  const Speakers& speakers;
};

/// Valid until the order changes.
struct RosterWindow {
  std::span<const std::string> first;  ///< By join.
  std::vector<std::string> others;     ///< Those that concern the client, in alphabetical order.
};

/// The first `count` of the roster, and those of `concerns` that are in the roster. A client of a
/// room that has no more than `count` participants sees all of them.
RosterWindow window_of(const JoinOrder& order, size_t count, const Concerns& concerns);

}  // namespace veche::room
