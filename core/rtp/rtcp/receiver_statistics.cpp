// SPDX-License-Identifier: Apache-2.0
// Counts, compares and smooths the packets of one received SSRC.
#include "rtp/rtcp/receiver_statistics.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "rtp/rtcp/ntp.hpp"
#include "rtp/ticks.hpp"

namespace veche::rtp {
namespace {

constexpr uint32_t kSequenceModulus = 0x10000;
constexpr uint32_t kNoRestart = kSequenceModulus;
constexpr int64_t kMaxCumulativeLost = 0x7fffff;
constexpr uint32_t kCompactPerS = 0x10000;
/// A larger difference between two packets means another clock, not jitter.
constexpr int64_t kMaxTransitStepS = 10;

uint8_t fraction(int64_t lost, uint32_t expected) {
  if (lost <= 0 || expected == 0) return 0;
  return static_cast<uint8_t>(std::min<int64_t>(lost * 256 / expected, 255));
}

}  // namespace

ReceiverStatistics::ReceiverStatistics(uint32_t ssrc, uint32_t clock_rate) noexcept
    : ssrc_(ssrc), clock_rate_(clock_rate) {
  assert(clock_rate > 0);
}

void ReceiverStatistics::start(uint16_t sequence, uint32_t timestamp) noexcept {
  if (started_) {
    totals_.lost += lost();
    ++totals_.restarts;
  }
  started_ = true;
  newest_ = sequence;
  newest_timestamp_ = timestamp;
  cycles_ = 0;
  first_ = sequence;
  restart_at_ = kNoRestart;
  received_ = expected_before_ = received_before_ = late_ = 0;
  has_transit_ = false;
}

bool ReceiverStatistics::follow(uint16_t sequence, uint32_t timestamp) noexcept {
  const auto ahead = static_cast<uint16_t>(sequence - newest_);
  if (ahead < kMaxDropout) {
    if (sequence < newest_) cycles_ += kSequenceModulus;
    newest_ = sequence;
    newest_timestamp_ = timestamp;
    return true;
  }
  if (ahead > kSequenceModulus - kMaxMisorder) {  // Late, or a duplicate.
    const int64_t behind = timestamp_distance(timestamp, newest_timestamp_);
    if (behind > ns_to_ticks(kTooLateNs, clock_rate_)) ++late_;
    return true;
  }
  if (sequence == restart_at_) {
    start(sequence, timestamp);
    return true;
  }
  restart_at_ = static_cast<uint16_t>(sequence + 1);
  return false;
}

bool ReceiverStatistics::on_packet(uint16_t sequence, uint32_t timestamp, size_t payload_size,
                                   int64_t arrival_ns) noexcept {
  if (!started_) {
    start(sequence, timestamp);
  } else if (!follow(sequence, timestamp)) {
    return false;
  }
  ++received_;
  ++totals_.packets;
  totals_.octets += payload_size;
  measure_jitter(timestamp, arrival_ns);
  return true;
}

void ReceiverStatistics::measure_jitter(uint32_t timestamp, int64_t arrival_ns) noexcept {
  const uint32_t transit = static_cast<uint32_t>(ns_to_ticks(arrival_ns, clock_rate_)) - timestamp;
  const int64_t step = timestamp_distance(transit_, transit);
  const int64_t distance = step < 0 ? -step : step;
  transit_ = transit;
  const bool comparable = has_transit_ && distance < kMaxTransitStepS * clock_rate_;
  has_transit_ = true;
  if (!comparable) return;
  jitter_x16_ += static_cast<uint32_t>(distance) - ((jitter_x16_ + 8) >> 4);
}

void ReceiverStatistics::on_sender_report(uint64_t ntp, int64_t arrival_ns) noexcept {
  last_sender_report_ = compact_ntp(ntp);
  sender_report_arrival_ns_ = arrival_ns;
}

uint32_t ReceiverStatistics::delay_since_sender_report(int64_t now_ns) const noexcept {
  if (last_sender_report_ == 0) return 0;
  const int64_t delay = ns_to_ticks(now_ns - sender_report_arrival_ns_, kCompactPerS);
  return static_cast<uint32_t>(std::clamp<int64_t>(delay, 0, std::numeric_limits<uint32_t>::max()));
}

ReportBlock ReceiverStatistics::make_report(int64_t now_ns) noexcept {
  const uint32_t expected_now = expected() - expected_before_;
  const int64_t heard_now = int64_t{received_} - received_before_ - late_;
  expected_before_ = expected();
  received_before_ = received_;
  late_ = 0;
  return {.ssrc = ssrc_,
          .fraction_lost = fraction(expected_now - heard_now, expected_now),
          .cumulative_lost =
              static_cast<int32_t>(std::clamp(lost(), -kMaxCumulativeLost - 1, kMaxCumulativeLost)),
          .highest_sequence = highest(),
          .jitter = jitter(),
          .last_sender_report = last_sender_report_,
          .delay_since_sender_report = delay_since_sender_report(now_ns)};
}

ReceptionTotals ReceiverStatistics::totals() const noexcept {
  ReceptionTotals totals = totals_;
  if (started_) totals.lost += lost();
  totals.jitter = jitter();
  return totals;
}

}  // namespace veche::rtp
