// SPDX-License-Identifier: Apache-2.0
// Two passes: voices with the least protection that they need, then the rest of it.
#include "adaptive/allocation.hpp"

#include <algorithm>
#include <cassert>

namespace veche::adaptive {
namespace {

constexpr uint64_t kSlack = 10;  // Percent.

/// The first repeated packet of the most important slot: left out before its voice is.
uint8_t first_of(const Want& want) { return std::min<uint8_t>(want.repeated, 1); }

}  // namespace

Filled fill(std::span<const Want> wants, const Bounds& bounds, std::span<Given> given) {
  assert(given.size() >= wants.size());
  const uint64_t budget = bounds.budget_bps;
  Filled filled;
  uint64_t total = 0;
  bool is_full = false;
  for (size_t i = 0; i < wants.size(); ++i) {
    const Want& want = wants[i];
    const uint64_t limit = i < bounds.kept ? with_slack(budget) : budget;
    const bool must = !bounds.may_cut || (i == 0 && bounds.most > 0);
    uint8_t repeated = first_of(want);
    if (must && repeated > 0 && total + want.price_bps + want.repeat_bps > limit) repeated = 0;
    const uint64_t price = want.price_bps + uint64_t{repeated} * want.repeat_bps;
    is_full = is_full || i >= bounds.most || total + price > limit;
    given[i] = {must || !is_full, repeated};
    if (!given[i].is_on) {
      given[i].repeated = 0;
      filled.is_whole = false;
      continue;
    }
    total += price;
    ++filled.on;
  }
  for (size_t i = 0; i < wants.size(); ++i) {
    if (!given[i].is_on) continue;
    while (given[i].repeated < wants[i].repeated && total + wants[i].repeat_bps <= budget) {
      total += wants[i].repeat_bps;
      ++given[i].repeated;
    }
    if (given[i].repeated < wants[i].repeated) filled.is_whole = false;
  }
  filled.price_bps = static_cast<uint32_t>(std::min<uint64_t>(total, UINT32_MAX));
  return filled;
}

uint64_t with_slack(uint64_t budget_bps) { return budget_bps + budget_bps * kSlack / 100; }

uint64_t least_price(std::span<const Want> wants, size_t count) {
  uint64_t total = 0;
  for (const Want& want : wants.first(std::min(count, wants.size())))
    total += want.price_bps + uint64_t{first_of(want)} * want.repeat_bps;
  return total;
}

uint64_t whole_price(std::span<const Want> wants) {
  uint64_t total = 0;
  for (const Want& want : wants)
    total += want.price_bps + uint64_t{want.repeated} * want.repeat_bps;
  return total;
}

}  // namespace veche::adaptive
