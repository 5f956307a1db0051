// SPDX-License-Identifier: Apache-2.0
// Turns measures of delay, delivery and loss into what the link has proven to carry.
#include "rtp/bwe/estimator.hpp"

#include <algorithm>

namespace veche::rtp {
namespace {

// Loss beyond its floor means congestion
constexpr uint32_t kExcessBehindQueue = LinkState::kOne / 20;  // where a queue stands,
constexpr uint32_t kExcessBeyondProof = LinkState::kOne / 12;  // where more is sent than proven,
constexpr uint32_t kExcessAlone = LinkState::kOne * 3 / 10;    // and elsewhere, where it may be
                                                               // the link's new floor.
/// Random loss wavers by as much, and by half of its floor.
constexpr uint32_t kWavers = LinkState::kOne / 100;
/// A measure with more loss beyond the floor proves nothing.
constexpr uint32_t kProofExcess = LinkState::kOne / 8;
constexpr int64_t kReportStepUs = 1'000'000;
/// After a limit by reports, what they tell next may be of the time before it.
constexpr int64_t kReportPauseUs = 5'000'000;

}  // namespace

void Estimator::on_sent(uint16_t size, int64_t now_us) noexcept {
  sent_.add(size, now_us);
  if (!unanswered_since_us_) unanswered_since_us_ = now_us;
}

void Estimator::on_feedback(std::span<const PacketResult> results, int64_t now_us) noexcept {
  if (results.empty()) return;
  state_.source = LinkSource::Feedback;
  unanswered_since_us_.reset();
  sent_.advance(now_us);
  state_.used_bps = sent_.bps();
  for (const PacketResult& result : results) add(result, now_us);
  if (delay_.has_longer_way() && (delay_.never_drains() || loses_as_ever(loss_))) {
    delay_.accept_longer_way(now_us);
  }
  judge(loss_, delay_.queue_us(), delay_.jitter_us(), 1, now_us);
  if (state_.region != LinkRegion::Clear) {
    if (const auto measure = busy_.take()) use(*measure, now_us);
  }
  state_.burst = loss_.burst();
  tick(now_us);
}

void Estimator::add(const PacketResult& result, int64_t now_us) noexcept {
  const bool is_lost = result.fate == PacketFate::Lost;
  if (!is_beyond_proof_ && (is_lost || result.fate == PacketFate::Received)) {
    earlier_loss_.add(is_lost, result.sent_us);
  }
  switch (result.fate) {
    case PacketFate::Received:
      loss_.add_received(1, result.sent_us);
      busy_.add(result, delay_.add(result.sent_us, result.arrival_us));
      break;
    case PacketFate::Lost:
      loss_.add_lost(1, result.sent_us);
      loss_.add_to_burst(result.sequence);
      break;
    case PacketFate::Recovered: loss_.recover(result.sent_us); break;
    case PacketFate::Unknown: break;
  }
  if (const auto measure = carried_.add(result)) use(*measure, now_us);
}

void Estimator::use(const CarriedRate::Measure& measure, int64_t now_us) noexcept {
  const uint32_t floor = loss_.floor();
  const uint32_t excess = measure.loss > floor ? measure.loss - floor : 0;
  const uint32_t carried_bps =
      std::min(before_loss(measure.delivered_bps, floor), measure.sent_bps);
  if (loses_ && excess > kExcessBehindQueue) {
    if (episode_.add(measure) == LossEpisode::Cause::Rate) limit(carried_bps, now_us);
    return;
  }
  if (state_.region == LinkRegion::Clear && excess <= kProofExcess) {
    capacity_.carry(carried_bps, now_us);
  }
}

bool Estimator::is_own(const BusyRate::Measure& measure) const noexcept {
  if (loss_.excess() > kExcessBehindQueue) return true;
  if (!measure.was_exceeded) return false;
  // A queue that grows slowly while this session sends far less than it did is somebody else's.
  // Limits at the rate of what this session sends would take that down step by step.
  const uint32_t proven_bps = capacity_.carried_bps();
  return measure.by_far || measure.sent_bps >= proven_bps - proven_bps / 8 ||
         state_.queue_us > kDeepUs;
}

void Estimator::use(const BusyRate::Measure& measure, int64_t now_us) noexcept {
  if (is_own(measure)) return limit(measure.bps, now_us);
  capacity_.carry(measure.bps, now_us);
}

void Estimator::limit(uint32_t bps, int64_t now_us) noexcept {
  capacity_.limit(bps, now_us);
  earlier_loss_.clear();  // It is less that is proven, not more that is sent.
  state_.capacity_bps = capacity_.bps();
  carried_.restart();
}

bool Estimator::loses_as_ever(const LossFilter& loss) const noexcept {
  if (episode_.is_floor()) return true;
  const uint32_t most = floor_without_queue_ + floor_without_queue_ / 2 + kWavers;
  return loss.has_newest() && loss.newest() <= most;
}

LinkRegion Estimator::region_of(uint32_t queue_us, uint32_t jitter_us,
                                uint32_t scale) const noexcept {
  const auto bound_us = [&](uint32_t least_us) {
    const uint64_t by_jitter_us = uint64_t{jitter_us} * 2 * least_us / kClearUs;
    return std::clamp<uint64_t>(by_jitter_us, least_us, uint64_t{least_us} * kMostScale) * scale;
  };
  if (queue_us > bound_us(kCongestedUs)) return LinkRegion::Congested;
  return queue_us > bound_us(kClearUs) ? LinkRegion::Queueing : LinkRegion::Clear;
}

bool Estimator::is_congestion(const LossFilter& loss, LinkRegion by_queue) const noexcept {
  const uint32_t excess = loss.excess();
  if (by_queue != LinkRegion::Clear) return excess > kExcessBehindQueue;
  const uint32_t earlier = earlier_loss_.part();
  if (is_beyond_proof_) return excess > kExcessBeyondProof + loss.floor() / 2 + earlier * 3 / 2;
  return excess > kExcessAlone;
}

void Estimator::judge(LossFilter& loss, uint32_t queue_us, uint32_t jitter_us, uint32_t scale,
                      int64_t now_us) noexcept {
  const LinkRegion by_queue = region_of(queue_us, jitter_us, scale);
  const bool lost_before = loses_;
  const uint32_t proven_bps = capacity_.carried_bps();
  is_beyond_proof_ = proven_bps > 0 && state_.used_bps > proven_bps + proven_bps / 8;
  loses_ = is_congestion(loss, by_queue);
  // Once less is sent, only what is lost from then on counts.
  if (lost_before && !loses_) loss.restart_newest(now_us);
  const bool is_beyond_capacity = state_.used_bps > state_.capacity_bps + state_.capacity_bps / 16;
  if (loss.has_newest() && loss.excess() < kExcessBehindQueue) episode_.end();
  loss.learn(now_us, episode_.is_floor() || !(loses_ && is_beyond_capacity));
  if (by_queue == LinkRegion::Clear) floor_without_queue_ = loss.floor();
  state_.region = loses_ ? LinkRegion::Congested : by_queue;
  state_.queue_us = queue_us;
  state_.jitter_us = jitter_us;
  state_.loss = loss.loss();
  state_.loss_floor = std::min(loss.floor(), state_.loss);
}

void Estimator::on_report(const LinkReport& report, int64_t now_us) noexcept {
  reports_.add(report, now_us);
  state_.round_trip_us = reports_.round_trip_us();
  if (state_.source == LinkSource::Feedback) return;
  state_.source = LinkSource::Reports;
  const bool is_of_the_same_datagram = now_us - reports_used_us_ < kReportStepUs;
  if (is_of_the_same_datagram) return;
  reports_used_us_ = now_us;
  sent_.advance(now_us);
  state_.used_bps = sent_.bps();
  use_reports(now_us);
  tick(now_us);
}

void Estimator::use_reports(int64_t now_us) noexcept {
  LossFilter& loss = reports_.loss();
  if (reports_.has_longer_way() && loses_as_ever(loss)) reports_.accept_longer_way(now_us);
  judge(loss, reports_.queue_us(), reports_.jitter_us(), 2, now_us);
  // Twenty seconds of reports say what a link loses, but loss that begins is believed at once.
  state_.loss = std::max(state_.loss, loss.latest());
  state_.burst = state_.loss > 0 ? 16 : 0;  // Reports do not tell.
  if (state_.region == LinkRegion::Clear) {
    if (loss.excess() <= kProofExcess) capacity_.carry(state_.used_bps, now_us);
    return;
  }
  if (state_.region != LinkRegion::Congested) return;
  if (now_us - reports_limited_us_ < kReportPauseUs) return;
  reports_limited_us_ = now_us;
  const uint64_t arrived = LinkState::kOne - loss.newest();
  const uint64_t served = LinkState::kOne - reports_.growth();
  const auto delivered_bps = static_cast<uint32_t>(uint64_t{state_.used_bps} * arrived /
                                                   LinkState::kOne * served / LinkState::kOne);
  limit(before_loss(delivered_bps, loss.floor()), now_us);
}

void Estimator::on_proof(uint32_t bps, int64_t now_us) noexcept {
  capacity_.probe(bps, now_us);
  state_.capacity_bps = capacity_.bps();
  state_.is_limit = capacity_.is_limit();
}

void Estimator::forget_queue(int64_t now_us) noexcept {
  if (state_.region == LinkRegion::Clear) return;
  state_.region = LinkRegion::Clear;
  state_.queue_us = 0;
  loses_ = false;
  loss_.restart_newest(now_us);
}

LinkSource Estimator::source_without_feedback(int64_t now_us) const noexcept {
  const bool has_reports =
      reports_.newest_us() >= 0 && now_us - reports_.newest_us() < kReportAgeUs;
  return has_reports ? LinkSource::Reports : LinkSource::Unknown;
}

void Estimator::tick(int64_t now_us) noexcept {
  sent_.advance(now_us);
  capacity_.advance(now_us);
  const bool has_feedback =
      state_.source == LinkSource::Feedback &&
      !(unanswered_since_us_ && now_us - *unanswered_since_us_ > kFeedbackAgeUs);
  if (!has_feedback) state_.source = source_without_feedback(now_us);
  state_.used_bps = sent_.bps();
  // A queue drains while nothing is sent, and without a source nothing is known of one.
  if (sent_.is_idle() || state_.source == LinkSource::Unknown) forget_queue(now_us);
  state_.capacity_bps = capacity_.bps();
  state_.is_limit = capacity_.is_limit();
}

}  // namespace veche::rtp
