// SPDX-License-Identifier: Apache-2.0
// Which slots of a listener get everything within what its path carries, and with how much
// redundancy.
#pragma once

#include <cstdint>
#include <span>

#include "adaptive/protection.hpp"

namespace veche::adaptive {

/// One filled slot, as a budget sees it.
struct Want {
  uint32_t price_bps = 0;   ///< Unprotected.
  uint32_t repeat_bps = 0;  ///< Of one repeated packet in each packet.
  uint8_t repeated = 0;     ///< How many it needs, as far as it is able.
};

/// What one slot gets.
struct Given {
  bool is_on = true;
  uint8_t repeated = 0;

  friend bool operator==(const Given&, const Given&) = default;
};

/// What a fill came to.
struct Filled {
  uint32_t on = 0;         ///< The first so many.
  uint32_t price_bps = 0;  ///< Of what is given.
  bool is_whole = true;    ///< Everything, with all redundancy.
};

/// How a fill is bounded.
struct Bounds {
  uint32_t budget_bps = UINT32_MAX;
  /// The first so many were on before: they may reach with_slack() of the budget.
  uint32_t kept = 0;
  uint32_t most = UINT32_MAX;  ///< At most so many are on.
  bool may_cut = true;         ///< False: all are on, and only redundancy is held back.
};

/// Fills a budget. `wants` begins with the most important one, which stays on whatever it costs.
/// Each slot gets one repeated packet before the next slot gets anything, and the second one from
/// what is left, in the same order. The first slot that does not fit ends the fill.
Filled fill(std::span<const Want> wants, const Bounds& bounds, std::span<Given> given);

/// As far a price may waver above a budget, and changes nothing.
uint64_t with_slack(uint64_t budget_bps);

/// What the first `count` cost with the least protection that they need, and with all of it.
uint64_t least_price(std::span<const Want> wants, size_t count);
uint64_t whole_price(std::span<const Want> wants);

}  // namespace veche::adaptive
