// SPDX-License-Identifier: Apache-2.0
// A drop-tail queue; capacity is what left it while it stood, or what a probe has shown.
#include "link_model.hpp"

#include <algorithm>
#include <numeric>

namespace veche::adaptive::test {
namespace {

constexpr double kStandingMs = 50;
constexpr double kClusterBits = 8'000;
constexpr int kFirstPause = 10, kLongestPause = 40;  // Steps between failed probes.

template <size_t kCount>
double sum(const std::array<double, kCount>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

void LinkModel::step(double offered_bps, uint32_t wish_bps) {
  ++steps_;
  const double arrives = offered_bps * kStepS;
  double leaves = arrives, dropped = 0;
  if (rate_bps == 0) {
    queue_bits_ = 0;
  } else {
    leaves = std::min(queue_bits_ + arrives, rate_bps * kStepS);
    queue_bits_ += arrives - leaves;
    const double most = rate_bps * (longest_ms / 1000.0);
    dropped = std::max(0.0, queue_bits_ - most);
    queue_bits_ -= dropped;
  }
  offered_[at_] = arrives;
  carried_[at_] = leaves;
  dropped_[at_] = dropped;
  at_ = (at_ + 1) % offered_.size();
  if (queue_ms() >= kStandingMs) {
    // Of the newest 200 ms, in which the queue was never empty.
    const size_t last = carried_.size();
    capacity_bps_ = (carried_[(at_ + last - 1) % last] + carried_[(at_ + last - 2) % last]) / 0.2;
  } else {
    capacity_bps_ = std::max(capacity_bps_, sum(carried_) * (1 - random_loss));
  }
  probe(wish_bps);
}

/// What does not fit of the short cluster with which a probe begins stands in the queue.
void LinkModel::probe(uint32_t wish_bps) {
  if (!has_feedback || wish_bps <= capacity_bps_ || steps_ < next_probe_ || queue_ms() > 20) {
    return;
  }
  ++probes_;
  if (rate_bps == 0 || wish_bps <= rate_bps) {
    capacity_bps_ = wish_bps;
    probe_pause_ = 0;
    next_probe_ = steps_ + 5;
    return;
  }
  queue_bits_ += kClusterBits * (1 - rate_bps / static_cast<double>(wish_bps));
  probe_pause_ = std::clamp(2 * probe_pause_, kFirstPause, kLongestPause);
  next_probe_ = steps_ + probe_pause_;
}

void LinkModel::show(veche_controlled_session& session) const {
  const double offered = sum(offered_);
  const float dropped = offered > 0 ? static_cast<float>(sum(dropped_) / offered) : 0;
  session.link = has_feedback ? VECHE_LINK_FEEDBACK : VECHE_LINK_REPORTS;
  session.used_bps = static_cast<uint32_t>(offered);
  session.loss = std::min(1.0F, random_loss + dropped);
  session.loss_floor = random_loss;
  session.burst = session.loss > 0 ? burst : 0;
  session.round_trip_us = 40'000 + static_cast<uint32_t>(queue_ms() * 1000);
  session.jitter_us = 2'000;
  session.queue_us = has_feedback ? static_cast<uint32_t>(queue_ms() * 1000) : 0;
  session.capacity_bps = has_feedback ? static_cast<uint32_t>(capacity_bps_) : 0;
}

}  // namespace veche::adaptive::test
