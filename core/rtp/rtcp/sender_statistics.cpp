// SPDX-License-Identifier: Apache-2.0
// Counts the packets of one SSRC, dates their timestamps, and reads the receiver's reports.
#include "rtp/rtcp/sender_statistics.hpp"

#include <algorithm>
#include <cassert>

#include "rtp/sequence.hpp"
#include "rtp/ticks.hpp"

namespace veche::rtp {
namespace {

constexpr uint32_t kCompactPerS = 0x10000;
/// DLSR is rounded and clocks tick, so a round trip may appear negative by this much.
constexpr int64_t kRoundingNs = kNsPerMs;
/// RFC 6298 section 2: each measurement has a weight of one eighth.
constexpr int64_t kSmoothing = 8;

}  // namespace

SenderStatistics::SenderStatistics(uint32_t ssrc, uint32_t clock_rate) noexcept
    : ssrc_(ssrc), clock_rate_(clock_rate) {
  assert(clock_rate > 0);
}

void SenderStatistics::on_sent(uint16_t sequence, uint32_t timestamp, size_t payload_size,
                               int64_t capture_ns) noexcept {
  octets_ += payload_size;
  if (!take_number(sequence)) return;
  timestamp_ = timestamp;
  capture_ns_ = capture_ns;
}

void SenderStatistics::on_padding(uint16_t sequence) noexcept { take_number(sequence); }

bool SenderStatistics::take_number(uint16_t sequence) noexcept {
  const int ahead = packets_ == 0 ? 1 : distance(sequence_, sequence);
  ++packets_;
  silent_reports_ = 0;
  if (ahead <= 0) return false;
  sequence_ = sequence;
  numbers_ += ahead;
  return true;
}

SenderInfo SenderStatistics::make_info(const NtpClock& clock, int64_t now_ns) noexcept {
  silent_reports_ = std::min(silent_reports_ + 1, 2u);
  const int64_t since_capture = ns_to_ticks(now_ns - capture_ns_, clock_rate_);
  return {.ntp = clock.at(now_ns),
          .timestamp = timestamp_ + static_cast<uint32_t>(since_capture),
          .packets = static_cast<uint32_t>(packets_),
          .octets = static_cast<uint32_t>(octets_)};
}

bool SenderStatistics::on_report(const ReportBlock& block, const NtpClock& clock,
                                 int64_t now_ns) noexcept {
  const auto highest = static_cast<uint16_t>(block.highest_sequence);
  const int ahead = distance(sequence_, highest);
  if (block.ssrc != ssrc_ || packets_ == 0 || ahead > 0) return false;
  count_expected(block.highest_sequence);
  ++opinion_.reports;
  opinion_.fraction_lost = block.fraction_lost;
  opinion_.cumulative_lost = block.cumulative_lost;
  opinion_.jitter_ns = std::min(ticks_to_ns(block.jitter, clock_rate_), kMaxJitterNs);
  measure_round_trip(block, compact_ntp(clock.at(now_ns)));
  return true;
}

/// The receiver began to count with the first packet that it got, which no report names.
void SenderStatistics::count_expected(uint32_t highest) noexcept {
  const bool is_first = opinion_.reports == 0;
  const auto grown = static_cast<int32_t>(highest - reported_);
  if (!is_first && grown <= 0) return;
  opinion_.expected += is_first ? static_cast<int64_t>(packets_) : grown;
  reported_ = highest;
}

void SenderStatistics::measure_round_trip(const ReportBlock& block, uint32_t now_compact) noexcept {
  if (block.last_sender_report == 0) return;
  const uint32_t elapsed = now_compact - block.last_sender_report;
  const int64_t round_trip =
      ticks_to_ns(int64_t{elapsed} - block.delay_since_sender_report, kCompactPerS);
  if (round_trip < -kRoundingNs || round_trip > kMaxRoundTripNs) return;
  const int64_t sample = std::max<int64_t>(round_trip, 0);
  const int64_t smoothed = opinion_.round_trip_ns.value_or(sample);
  opinion_.round_trip_ns = smoothed + (sample - smoothed) / kSmoothing;
}

}  // namespace veche::rtp
