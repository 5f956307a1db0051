// SPDX-License-Identifier: Apache-2.0
// Estimates what the path to one client carries, from the feedback about what it was sent.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/bwe/delay_filter.hpp"
#include "rtp/bwe/delivery.hpp"
#include "rtp/bwe/earlier_loss.hpp"
#include "rtp/bwe/link_state.hpp"
#include "rtp/bwe/loss_episode.hpp"
#include "rtp/bwe/loss_filter.hpp"
#include "rtp/bwe/packet_result.hpp"
#include "rtp/bwe/proven_capacity.hpp"
#include "rtp/bwe/rate_meter.hpp"
#include "rtp/bwe/report_filter.hpp"

namespace veche::rtp {

/// One for each session, on its lane. Integers only and no clock, so the same calls give the same
/// state, bit for bit. docs/bandwidth.md explains what it believes, and why.
class Estimator {
 public:
  /// [lane] A packet leaves, media or probe; `size` is on the wire, with all headers.
  void on_sent(uint16_t size, int64_t now_us) noexcept;
  /// [lane] News of transport-wide feedback, from SendLog::on_feedback().
  void on_feedback(std::span<const PacketResult> results, int64_t now_us) noexcept;
  /// [lane] The block of a receiver report about one of the session's streams. While there is
  /// transport-wide feedback, only its round trip counts.
  void on_report(const LinkReport& report, int64_t now_us) noexcept;
  /// [lane] A probe has shown that the link carries this, from Prober::on_feedback().
  void on_proof(uint32_t bps, int64_t now_us) noexcept;
  /// [lane] Time has passed: old evidence expires. Ten times a second is enough.
  void tick(int64_t now_us) noexcept;

  /// [lane]
  const LinkState& state() const noexcept { return state_; }

  /// A queue below kClearUs is none, one above kCongestedUs is too long; more where the link's
  /// jitter is high, but at most kMostScale times. Round trips have twice the bounds.
  static constexpr uint32_t kClearUs = 20'000;
  static constexpr uint32_t kCongestedUs = 50'000;
  static constexpr uint32_t kMostScale = 3;
  /// Packets were sent for so long without an answer: there is no feedback any more.
  static constexpr int64_t kFeedbackAgeUs = 5'000'000;
  static constexpr int64_t kReportAgeUs = 20'000'000;
  /// A queue that is longer than others make it in most networks.
  static constexpr uint32_t kDeepUs = 400'000;

 private:
  void add(const PacketResult& result, int64_t now_us) noexcept;
  void use(const CarriedRate::Measure& measure, int64_t now_us) noexcept;
  void use(const BusyRate::Measure& measure, int64_t now_us) noexcept;
  void use_reports(int64_t now_us) noexcept;
  /// The queue that a measure shows is of this session's making.
  bool is_own(const BusyRate::Measure& measure) const noexcept;
  void limit(uint32_t bps, int64_t now_us) noexcept;
  /// What is lost is no more than before the queue, or it is not the rate's fault.
  bool loses_as_ever(const LossFilter& loss) const noexcept;
  /// The region by the queue alone.
  LinkRegion region_of(uint32_t queue_us, uint32_t jitter_us, uint32_t scale) const noexcept;
  /// What `loss` has beyond its floor is the fault of the rate.
  bool is_congestion(const LossFilter& loss, LinkRegion by_queue) const noexcept;
  void judge(LossFilter& loss, uint32_t queue_us, uint32_t jitter_us, uint32_t scale,
             int64_t now_us) noexcept;
  void forget_queue(int64_t now_us) noexcept;
  LinkSource source_without_feedback(int64_t now_us) const noexcept;

  LinkState state_;
  RateMeter sent_;
  DelayFilter delay_;
  BusyRate busy_;
  CarriedRate carried_;
  LossFilter loss_{500'000};
  ReportFilter reports_;
  ProvenCapacity capacity_;
  bool is_beyond_proof_ = false;  ///< More is sent than the link has proven to carry.
  bool loses_ = false;  ///< More than the floor: to congestion, unless the episode tells otherwise.
  LossEpisode episode_;
  EarlierLoss earlier_loss_;  ///< Of when no more was sent than proven.
  uint32_t floor_without_queue_ = 0;
  std::optional<int64_t> unanswered_since_us_;
  int64_t reports_used_us_ = 0, reports_limited_us_ = 0;
};

}  // namespace veche::rtp
