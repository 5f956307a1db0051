// SPDX-License-Identifier: Apache-2.0
// Connects a session's packets and feedback with the estimate of its path.
#include "media/wire/link.hpp"

#include <algorithm>
#include <limits>

#include "base/prefetch.hpp"
#include "rtp/rtcp/transport_feedback_reader.hpp"
#include "rtp/transport_number.hpp"

namespace veche::media {
namespace {

constexpr int64_t kNsPerUs = 1000;

uint16_t clamp_size(size_t size) noexcept {
  return static_cast<uint16_t>(std::min<size_t>(size, std::numeric_limits<uint16_t>::max()));
}

LinkStatistics::Source source_of(rtp::LinkSource source) noexcept {
  switch (source) {
    case rtp::LinkSource::Reports: return LinkStatistics::Source::Reports;
    case rtp::LinkSource::Feedback: return LinkStatistics::Source::Feedback;
    case rtp::LinkSource::Unknown: break;
  }
  return LinkStatistics::Source::Unknown;
}

float part(uint32_t parts) noexcept {
  return static_cast<float>(parts) / static_cast<float>(rtp::LinkState::kOne);
}

}  // namespace

void Link::on_sent(std::span<uint8_t> packet, size_t wire_size, int64_t now_ns,
                   uint8_t cluster) noexcept {
  const int64_t now_us = now_ns / kNsPerUs;
  const uint16_t size = clamp_size(wire_size);
  if (rtp::write_transport_number(packet, extension_, next_number_)) {
    log_.add(size, now_us, cluster);
    ++next_number_;
  }
  estimator_.on_sent(size, now_us);
}

void Link::on_resent(std::span<const uint8_t> packet, size_t wire_size, int64_t now_ns) noexcept {
  const int64_t now_us = now_ns / kNsPerUs;
  estimator_.on_sent(clamp_size(wire_size), now_us);
  const std::optional<uint16_t> number = rtp::transport_number(packet, extension_);
  if (!number) return;
  const std::optional<rtp::PacketResult> lost = log_.on_resent(*number);
  const bool has_feedback = estimator_.state().source == rtp::LinkSource::Feedback;
  if (lost && has_feedback) take({&*lost, 1}, now_us);
}

void Link::on_moved() noexcept {
  log_ = rtp::SendLog(next_number_);
  estimator_ = rtp::Estimator();
  prober_ = rtp::Prober();
  prober_.wish(wish_bps_);
  publish();
}

void Link::on_feedback(const rtp::RtcpPacket& packet, int64_t now_ns) noexcept {
  const auto feedback = rtp::TransportFeedbackReader::parse(packet);
  if (extension_ == 0 || !feedback || !feedback_.has_token(kFeedbackRate, now_ns)) return refuse();
  feedback_.take(kFeedbackRate, now_ns);
  if (counters_) counters_->feedback_in.add();
  rtp::SendLog::Results room;
  take(log_.on_feedback(*feedback, room), now_ns / kNsPerUs);
}

void Link::refuse() noexcept {
  if (counters_) counters_->feedback_refused.add();
}

void Link::take(std::span<const rtp::PacketResult> results, int64_t now_us) noexcept {
  estimator_.on_feedback(results, now_us);
  const auto proven_bps = prober_.on_feedback(results, estimator_.state(), now_us);
  if (proven_bps) estimator_.on_proof(*proven_bps, now_us);
  publish();
}

void Link::on_report(const rtp::LinkReport& report, int64_t now_ns) noexcept {
  estimator_.on_report(report, now_ns / kNsPerUs);
  publish();
}

void Link::tick(int64_t now_ns) noexcept {
  estimator_.tick(now_ns / kNsPerUs);
  publish();
}

void Link::wish(uint32_t bps) noexcept {
  wish_bps_ = bps;
  prober_.wish(bps);
}

std::optional<rtp::ProbePacket> Link::probe(int64_t now_ns) noexcept {
  if (probe_due_ns() > now_ns) return std::nullopt;
  return prober_.poll(now_ns / kNsPerUs, estimator_.state());
}

/// Without transport-wide feedback nobody would hear how a probe ends.
int64_t Link::probe_due_ns() const noexcept {
  const bool may_probe = wish_bps_ != 0 && estimator_.state().source == rtp::LinkSource::Feedback;
  return may_probe ? prober_.next_us() * kNsPerUs : std::numeric_limits<int64_t>::max();
}

void Link::publish() noexcept {
  const rtp::LinkState& state = estimator_.state();
  source_.store(state.source, std::memory_order_relaxed);
  is_limit_.store(state.is_limit, std::memory_order_relaxed);
  capacity_bps_.store(state.capacity_bps, std::memory_order_relaxed);
  queue_us_.store(state.queue_us, std::memory_order_relaxed);
  burst_.store(state.burst, std::memory_order_relaxed);
  loss_.store(state.loss, std::memory_order_relaxed);
  loss_floor_.store(state.loss_floor, std::memory_order_relaxed);
}

LinkStatistics Link::statistics() const noexcept {
  return {.source = source_of(source_.load(std::memory_order_relaxed)),
          .is_limit = is_limit_.load(std::memory_order_relaxed),
          .capacity_bps = capacity_bps_.load(std::memory_order_relaxed),
          .queue_us = queue_us_.load(std::memory_order_relaxed),
          .burst = burst_.load(std::memory_order_relaxed),
          .loss = part(loss_.load(std::memory_order_relaxed)),
          .loss_floor = part(loss_floor_.load(std::memory_order_relaxed))};
}

void Link::prefetch() const noexcept {
  constexpr size_t kLine = 64;
  veche::prefetch(this, kLine);
  veche::prefetch(&estimator_, 3 * kLine);
  // Behind its packets the log has what it needs for each.
  const auto* end = reinterpret_cast<const char*>(&log_ + 1);
  veche::prefetch(end - kLine, kLine);
}

}  // namespace veche::media
