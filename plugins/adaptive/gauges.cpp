// SPDX-License-Identifier: Apache-2.0
// Gauges are set, counters get what was added.
#include "adaptive/gauges.hpp"

namespace veche::adaptive {

Gauges::Gauges(const Host& host)
    : limited_(host.gauge("limited_listeners", "Listeners whose path carries less than they want")),
      cut_(host.gauge("cut_slots", "Slots that get nothing")),
      protected_(host.gauge("protected_slots", "Slots that get redundant packets")),
      fair_(host.gauge("fair_listeners", "Listeners whose quality is fair")),
      poor_(host.gauge("poor_listeners", "Listeners whose quality is poor")),
      shed_(host.gauge("shed_listeners", "Listeners that get less because a lane is overloaded")),
      asked_(host.gauge("asked_tracks", "Tracks whose publisher is asked for something")),
      limits_(host.counter("limits_total", "Listeners whose path began to carry too little")),
      cuts_(host.counter("cuts_total", "Further cuts of listeners that were limited already")),
      returns_(host.counter("returns_total", "Slots that got everything again")),
      failed_steps_(host.counter("failed_returns_total", "Of these, cut again within seconds")) {}

void Gauges::show(const Rooms& rooms) {
  const auto set = [](const Metric& gauge, int64_t& before, int64_t now) {
    if (now != before) gauge.set(now);
    before = now;
  };
  const Tally& tally = rooms.tally();
  set(limited_, tally_.limited, tally.limited);
  set(cut_, tally_.cut, tally.cut);
  set(protected_, tally_.is_protected, tally.is_protected);
  set(fair_, tally_.fair, tally.fair);
  set(poor_, tally_.poor, tally.poor);
  set(shed_, tally_.shed[1], tally.shed[1]);
  set(asked_, tally_.asked, tally.asked);
  const auto add = [](const Metric& counter, int64_t& before, int64_t now) {
    if (now != before) counter.add(now - before);
    before = now;
  };
  const Counts& counts = rooms.counts();
  add(limits_, counts_.limits, counts.limits);
  add(cuts_, counts_.cuts, counts.cuts);
  add(returns_, counts_.returns, counts.returns);
  add(failed_steps_, counts_.failed_steps, counts.failed_steps);
}

}  // namespace veche::adaptive
