// SPDX-License-Identifier: Apache-2.0
// Limits of fair and poor.
#include "adaptive/quality.hpp"

namespace veche::adaptive {
namespace {

struct Limits {
  float loss, protected_loss;
  uint32_t queue_us, round_trip_us, jitter_us;
};
constexpr Limits kFair{0.02F, 0.05F, 100'000, 300'000, 50'000};
constexpr Limits kPoor{0.1F, 0.25F, 400'000, 800'000, 150'000};

Reason beyond(const Symptoms& symptoms, const Limits& limits) {
  if (symptoms.loss >= (symptoms.is_protected ? limits.protected_loss : limits.loss))
    return Reason::Loss;
  if (symptoms.queue_us >= limits.queue_us) return Reason::Congestion;
  if (symptoms.round_trip_us >= limits.round_trip_us || symptoms.jitter_us >= limits.jitter_us)
    return Reason::Delay;
  return Reason::None;
}

}  // namespace

Quality judge(const Symptoms& symptoms) {
  if (symptoms.cut != Reason::None) return {VECHE_QUALITY_POOR, symptoms.cut};
  if (!symptoms.is_known) return {};
  if (const Reason poor = beyond(symptoms, kPoor); poor != Reason::None)
    return {VECHE_QUALITY_POOR, poor};
  if (const Reason fair = beyond(symptoms, kFair); fair != Reason::None)
    return {VECHE_QUALITY_FAIR, fair};
  return {VECHE_QUALITY_GOOD, Reason::None};
}

Quality QualityWatch::update(const Symptoms& symptoms, int64_t now_ns) {
  const Quality next = judge(symptoms);
  const bool is_first = now_.word == VECHE_QUALITY_UNKNOWN && next.word != VECHE_QUALITY_UNKNOWN;
  const bool is_worse = worse_.holds(next.word > now_.word, kSecond, now_ns);
  const bool is_better = better_.holds(next.word < now_.word, 5 * kSecond, now_ns);
  if (is_first || is_worse || is_better) {
    now_ = next;
    worse_ = better_ = {};
  } else if (next.word == now_.word && next.reason != Reason::None) {
    now_.reason = next.reason;
  }
  return now_;
}

}  // namespace veche::adaptive
