// SPDX-License-Identifier: Apache-2.0
// How much may be sent to one listener: everything, until its path shows that it carries less.
#pragma once

#include <cstdint>
#include <span>

#include "adaptive/allocation.hpp"
#include "adaptive/congestion.hpp"

namespace veche::adaptive {

/// Congestion sets a budget, at once; a probe that proved room raises it, by one slot at a time.
/// A step that ends in congestion is taken back and not tried again for 5, 10, 20, 40 s. Once all
/// slots have been back for kCalm there is no budget.
class Budget {
 public:
  static constexpr int64_t kCalm = 10'000'000'000;

  struct Link {
    bool has_feedback = false;  ///< Then a step needs proven capacity, otherwise time alone.
    uint32_t capacity_bps = 0;  ///< 0: not known.
    uint32_t used_bps = 0;
    float loss = 0;
    Congestion::Seen congestion;
  };

  /// Decides what each slot gets; `wants` begins with the most important one. `full_bps`: what all
  /// of them would cost if no publisher was asked for less.
  void update(std::span<const Want> wants, uint64_t full_bps, const Link& link, bool may_cut,
              int64_t now_ns, std::span<Given> given);

  /// The rate to probe for; 0: none.
  uint32_t wish_bps() const { return wish_bps_; }
  bool is_limited() const { return is_limited_; }
  uint32_t bps() const { return is_limited_ ? budget_bps_ : 0; }  ///< 0: no limit.
  bool is_backing_off(int64_t now_ns) const { return is_limited_ && now_ns < wait_until_ns_; }

  /// What has happened since the last call: for counting.
  enum class Change { None, Limited, Cut, Returned, StepFailed, Unlimited };
  Change change() const { return change_; }

 private:
  Bounds bounds(bool may_cut) const;
  uint32_t carried_bps(const Link& link) const;
  void react(const Filled& now, const Link& link, int64_t now_ns);
  void consider_pause(const Filled& now, const Link& link, int64_t now_ns);
  void consider_pause_end(const Link& link, int64_t now_ns);
  void consider_silence(const Filled& now, const Link& link, int64_t now_ns);
  void end_silence(int64_t now_ns);
  void consider_step(std::span<const Want> wants, const Filled& now, uint64_t full_bps,
                     const Link& link, int64_t now_ns);
  void step_to(uint32_t budget_bps, int64_t now_ns);
  void back_off(int64_t now_ns);

  bool is_limited_ = false;
  bool is_pausing_ = false;
  bool is_silent_ = false;  ///< Not even the most important slot is on.
  Change change_ = Change::None;
  uint32_t budget_bps_ = 0;
  uint32_t before_step_bps_ = 0;
  uint32_t kept_ = 0;  ///< So many slots were on at the end of the last call.
  uint32_t wish_bps_ = 0;
  uint32_t queue_then_us_ = 0;  ///< At the last reaction.
  int64_t reacted_ns_ = 0, stepped_ns_ = 0, changed_ns_ = 0;
  int64_t wait_until_ns_ = 0, back_off_ns_ = 0;
  int64_t paused_ns_ = 0;  ///< When the last pause began; 0: there was none.
  int64_t least_pause_ns_ = 0;
  Since starves_;
};

}  // namespace veche::adaptive
