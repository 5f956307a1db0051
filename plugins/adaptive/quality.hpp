// SPDX-License-Identifier: Apache-2.0
// How well a listener hears, in one word, and why it is not better.
#pragma once

#include <veche/controller.h>

#include <cstdint>

#include "adaptive/clock.hpp"
#include "adaptive/reason.hpp"

namespace veche::adaptive {

/// What counts for the quality of a listener.
struct Symptoms {
  bool is_known = false;      ///< The client has reported anything.
  float loss = 0;             ///< 0 to 1.
  bool is_protected = false;  ///< What is lost is made good.
  uint32_t queue_us = 0, round_trip_us = 0, jitter_us = 0;
  Reason cut = Reason::None;  ///< Why a slot with a voice gets nothing; None: all get theirs.
};

struct Quality {
  uint32_t word = VECHE_QUALITY_UNKNOWN;
  Reason reason = Reason::None;
};

/// Worse after a second, better after five.
class QualityWatch {
 public:
  Quality update(const Symptoms& symptoms, int64_t now_ns);
  const Quality& now() const { return now_; }

 private:
  Quality now_;
  Since worse_, better_;
};

/// Without time.
Quality judge(const Symptoms& symptoms);

}  // namespace veche::adaptive
