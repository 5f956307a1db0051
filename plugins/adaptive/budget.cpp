// SPDX-License-Identifier: Apache-2.0
// A budget falls by what congestion shows, and rises by what a probe has proven.
#include "adaptive/budget.hpp"

#include <algorithm>

namespace veche::adaptive {
namespace {

/// Of the capacity: the rest is for reports, retransmissions, and for a queue to drain.
constexpr uint64_t kUsedPercent = 90;
/// A wish asks for a little more, so that what it proves is enough.
constexpr uint64_t kWishPercent = 88;
constexpr int64_t kBetweenCuts = kSecond;
constexpr int64_t kAfterCut = 2 * kSecond;  // Before anything returns.
constexpr int64_t kBetweenSteps = 1'500 * kMillisecond;
constexpr int64_t kStepUnproven = 5 * kSecond;  // Without a measured capacity.
// Congestion this soon after a step is its fault. Reports show a queue late.
constexpr int64_t kStepFails = 5 * kSecond, kStepFailsInReports = 15 * kSecond;
constexpr int64_t kShortestBackOff = 5 * kSecond, kLongestBackOff = 40 * kSecond;
constexpr uint32_t kPauseQueueUs = 200'000;
constexpr int64_t kLongDrain = 1'500 * kMillisecond;
constexpr int64_t kLongestPause = 1'500 * kMillisecond, kBetweenPauses = 10 * kSecond;
constexpr int64_t kHeardAfter =
    250 * kMillisecond;  // Of a packet's delay: two feedbacks and a filter.
constexpr uint32_t kHopelessQueueUs = 1'000'000;
constexpr float kHopelessLoss = 0.3F;
constexpr int64_t kHopeless = 4 * kSecond;

uint32_t clamped(uint64_t bps) {
  return static_cast<uint32_t>(std::min<uint64_t>(bps, UINT32_MAX));
}

}  // namespace

void Budget::update(std::span<const Want> wants, uint64_t full_bps, const Link& link, bool may_cut,
                    int64_t now_ns, std::span<Given> given) {
  change_ = Change::None;
  wish_bps_ = 0;
  if (wants.empty()) return;  // What its path shows now is no work of ours.
  Filled now = fill(wants, bounds(may_cut), given);
  if (!is_limited_ && !link.congestion.is_standing) return;
  if (link.congestion.is_clear) queue_then_us_ = 0;  // The next queue is another one.
  if (is_silent_) {
    if (now_ns >= wait_until_ns_ || !may_cut) end_silence(now_ns);
  } else if (is_pausing_) {
    consider_pause_end(link, now_ns);
  } else {
    if (link.congestion.is_standing) {
      const Filled before = now;
      react(now, link, now_ns);
      now = fill(wants, bounds(may_cut), given);
      if (now.price_bps != before.price_bps) {
        changed_ns_ = now_ns;
      } else if (change_ == Change::Cut) {
        change_ = Change::None;  // Nothing is left to cut.
      }
    } else {
      consider_step(wants, now, full_bps, link, now_ns);
    }
    // The capacity is known better when the queue has stood for longer.
    if (may_cut && now_ns - reacted_ns_ < kBetweenCuts) consider_pause(now, link, now_ns);
    if (may_cut) consider_silence(now, link, now_ns);
  }
  now = fill(wants, bounds(may_cut), given);
  if (!is_pausing_) kept_ = now.on;
}

Bounds Budget::bounds(bool may_cut) const {
  if (!is_limited_) return {};
  const bool is_off = may_cut && (is_silent_ || is_pausing_);
  return {budget_bps_, kept_, is_off ? 0 : UINT32_MAX, may_cut};
}

uint32_t Budget::carried_bps(const Link& link) const {
  if (link.has_feedback && link.capacity_bps != 0) return link.capacity_bps;
  return static_cast<uint32_t>(static_cast<float>(link.used_bps) * (1 - link.loss));
}

void Budget::react(const Filled& now, const Link& link, int64_t now_ns) {
  const bool is_falling = uint64_t{link.congestion.queue_us} * 10 < uint64_t{queue_then_us_} * 7;
  if (is_limited_ && (now_ns - reacted_ns_ < kBetweenCuts || is_falling)) return;
  const int64_t fails_ns = link.has_feedback ? kStepFails : kStepFailsInReports;
  const bool has_failed =
      is_limited_ && stepped_ns_ > reacted_ns_ && now_ns - stepped_ns_ < fails_ns;
  // Something has to go, whatever the capacity is said to be.
  const uint32_t less_bps = now.price_bps > 0 ? now.price_bps - 1 : 0;
  uint32_t budget_bps = std::min(clamped(carried_bps(link) * kUsedPercent / 100), less_bps);
  if (has_failed) budget_bps = std::min(budget_bps, before_step_bps_);
  if (is_limited_) budget_bps = std::min(budget_bps, budget_bps_);
  change_ = !is_limited_ ? Change::Limited : has_failed ? Change::StepFailed : Change::Cut;
  budget_bps_ = budget_bps;
  is_limited_ = true;
  kept_ = 0;
  queue_then_us_ = link.congestion.queue_us;
  reacted_ns_ = now_ns;
  wait_until_ns_ = std::max(wait_until_ns_, now_ns + kAfterCut);
  if (has_failed) back_off(now_ns);
}

void Budget::back_off(int64_t now_ns) {
  back_off_ns_ = std::clamp(2 * back_off_ns_, kShortestBackOff, kLongestBackOff);
  wait_until_ns_ = std::max(wait_until_ns_, now_ns + back_off_ns_);
}

/// Speech behind a long queue is late anyway. Where what is left would take long to drain it, a
/// pause that is as long as the queue makes the speech after it come in time.
void Budget::consider_pause(const Filled& now, const Link& link, int64_t now_ns) {
  const int64_t queue_ns = link.congestion.queue_us * int64_t{1000};
  if (!link.has_feedback || link.congestion.queue_us < kPauseQueueUs) return;
  if (paused_ns_ != 0 && now_ns - paused_ns_ < kBetweenPauses) return;
  const double carried = carried_bps(link), spare = carried - now.price_bps;
  if (spare > 0 && static_cast<double>(queue_ns) * carried / spare <= kLongDrain) return;
  paused_ns_ = now_ns;
  is_pausing_ = true;
  // It is the queue of a packet that arrived a while ago. What was sent since then stands in it
  // too.
  const double growth = carried > 0 ? std::max(1.0, link.used_bps / carried) : 1;
  least_pause_ns_ = static_cast<int64_t>(static_cast<double>(queue_ns) * growth +
                                         static_cast<double>(kHeardAfter) * (growth - 1));
}

/// While the pause lasts, more of those that stood in the queue are heard of.
void Budget::consider_pause_end(const Link& link, int64_t now_ns) {
  const int64_t queue_ns = link.congestion.queue_us * int64_t{1000};
  is_pausing_ = now_ns - paused_ns_ < std::min(std::max(queue_ns, least_pause_ns_), kLongestPause);
}

/// Silence before chopped speech: the last voice is cut by what is seen for seconds, not by an
/// estimate.
void Budget::consider_silence(const Filled& now, const Link& link, int64_t now_ns) {
  const bool is_hopeless =
      is_limited_ && now.on == 1 && link.congestion.is_standing &&
      link.used_bps >= carried_bps(link) &&
      (link.congestion.queue_us >= kHopelessQueueUs || link.loss >= kHopelessLoss);
  if (!starves_.holds(is_hopeless, kHopeless, now_ns)) return;
  is_silent_ = true;
  change_ = Change::Cut;
  changed_ns_ = now_ns;
  back_off_ns_ = std::max(back_off_ns_, kShortestBackOff);
  wait_until_ns_ = std::max(wait_until_ns_, now_ns + back_off_ns_);
}

void Budget::end_silence(int64_t now_ns) {
  is_silent_ = false;
  starves_.holds(false, 0, now_ns);
  change_ = Change::Returned;
  stepped_ns_ = changed_ns_ = now_ns;
  before_step_bps_ = budget_bps_;
}

void Budget::consider_step(std::span<const Want> wants, const Filled& now, uint64_t full_bps,
                           const Link& link, int64_t now_ns) {
  if (now_ns < wait_until_ns_) return;
  const bool is_next_a_slot = now.on < wants.size();
  const uint64_t needed_bps = is_next_a_slot  ? least_price(wants, now.on + size_t{1})
                              : !now.is_whole ? whole_price(wants)
                                              : full_bps;
  // A price that wavers about what everybody gets already is no step.
  const bool is_all_given = !is_next_a_slot && now.is_whole;
  const bool fits = needed_bps <= (is_all_given ? with_slack(budget_bps_) : budget_bps_);
  if (fits && is_all_given) {
    if (now_ns - changed_ns_ < kCalm || !link.congestion.is_clear) return;
    change_ = Change::Unlimited;
    is_limited_ = false;
    back_off_ns_ = 0;
    return;
  }
  if (link.has_feedback) wish_bps_ = clamped(needed_bps * 100 / kWishPercent);
  const int64_t rested_ns = now_ns - changed_ns_;
  const bool is_proven =
      fits || (link.has_feedback ? link.capacity_bps * kUsedPercent / 100 >= needed_bps
                                 : rested_ns >= kStepUnproven);
  if (!is_proven || rested_ns < kBetweenSteps || !link.congestion.is_clear) return;
  if (is_next_a_slot) change_ = Change::Returned;
  step_to(clamped(needed_bps), now_ns);
}

void Budget::step_to(uint32_t budget_bps, int64_t now_ns) {
  before_step_bps_ = budget_bps_;
  budget_bps_ = std::max(budget_bps_, budget_bps);
  stepped_ns_ = changed_ns_ = now_ns;
}

}  // namespace veche::adaptive
