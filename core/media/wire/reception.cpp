// SPDX-License-Identifier: Apache-2.0
// Statistics of received sources, and the feedback derived from them.
#include "media/wire/reception.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/big_endian.hpp"
#include "base/prefetch.hpp"
#include "base/time.hpp"

namespace veche::media {
namespace {

/// Feedback is as frequent as Chromium's: after 50 ms if there is much to report, after 250 ms if
/// there is little. More would be a fifth of what a microphone alone sends.
constexpr int64_t kBusyFeedbackNs = 50 * kNsPerMs, kIdleFeedbackNs = 250 * kNsPerMs;
constexpr uint32_t kMuchFeedback = 16;
constexpr size_t kMostNacks = 32;

}  // namespace

Reception::Reception(const ReportSettings& settings, SessionQuality& quality)
    : settings_(settings), quality_(quality) {
  sources_.reserve(kMaxSources);
}

PacketTimes Reception::times(const rtp::PacketView& packet, int64_t arrival_ns) const noexcept {
  const Source* source = find(packet.ssrc());
  if (!source) return arrival_ns;
  const rtp::CaptureClock::Capture capture =
      source->clock.capture(packet.timestamp(), participant_clock_);
  return {arrival_ns, capture.ns, capture.is_reported};
}

void Reception::on_received(const rtp::PacketView& packet, int64_t arrival_ns) noexcept {
  Source* source = find(packet.ssrc());
  if (!source) source = &add(packet.ssrc());
  source->statistics.on_packet(packet.sequence(), packet.timestamp(), packet.payload().size(),
                               arrival_ns);
  source->clock.on_packet(packet.timestamp(), arrival_ns);
  if (settings_.nack) {
    source->nacks.on_packet(source->sequence.extend(packet.sequence()), arrival_ns);
  }
  if (settings_.transport_cc == 0) return;
  const auto number = packet.extension(settings_.transport_cc);
  if (!number || number->size() != 2) return;
  transport_feedback_.record(read_u16(number->data()), arrival_ns);
}

/// The oldest makes room: a client that restarts its encoder has left it.
Reception::Source& Reception::add(uint32_t ssrc) noexcept {
  if (sources_.size() < kMaxSources) return sources_.emplace_back(ssrc, settings_.clock_rate);
  Source& oldest = sources_[oldest_];
  oldest_ = (oldest_ + 1) % kMaxSources;
  const rtp::ReceptionTotals totals = oldest.statistics.totals();
  former_.lost += totals.lost;
  former_.packets += totals.packets;
  return oldest = Source(ssrc, settings_.clock_rate);
}

/// Without the windows of arrivals and losses, of which a packet needs one entry.
void Reception::prefetch(int depth) const noexcept {
  constexpr size_t kHead = 64;
  if (depth == 0) {
    veche::prefetch(&settings_);
    veche::prefetch(&sources_);
    veche::prefetch(&participant_clock_);
    veche::prefetch(&transport_feedback_, kHead);
  } else if (!sources_.empty()) {
    const Source& source = sources_.front();
    veche::prefetch(&source.statistics);
    veche::prefetch(&source.clock);
    veche::prefetch(&source.nacks, kHead);
  }
}

void Reception::on_sender_report(const rtp::SenderReport& report, int64_t now_ns) noexcept {
  Source* source = find(report.ssrc);
  if (!source) return;
  source->statistics.on_sender_report(report.info.ntp, now_ns);
  source->clock.on_sender_report(report.info.ntp, report.info.timestamp);
  participant_clock_.on_sender_report(report.info.ntp, now_ns);
}

std::span<const rtp::ReportBlock> Reception::report(int64_t now_ns, Blocks& memory) noexcept {
  size_t count = 0;
  int64_t lost = former_.lost, expected = former_.lost + static_cast<int64_t>(former_.packets);
  for (Source& source : sources_) {
    if (!source.statistics.started()) continue;
    rtp::ReportBlock& block = memory[count++] = source.statistics.make_report(now_ns);
    measure(block);
    tell_track(source, block);
    const rtp::ReceptionTotals totals = source.statistics.totals();
    lost += totals.lost;
    expected += totals.lost + static_cast<int64_t>(totals.packets);
    quality_.jitter_in_ns.store(int64_t{totals.jitter} * kNsPerS / settings_.clock_rate,
                                std::memory_order_relaxed);
  }
  if (counters_) count_lost(counters_->lost_in, quality_.lost_in, lost);
  quality_.lost_in.store(lost, std::memory_order_relaxed);
  quality_.expected_in.store(expected, std::memory_order_release);
  return {memory.data(), count};
}

/// Only the fraction says what the listeners lose. The encoder follows that one; the cumulative
/// count stays true, because clients estimate their own uplink by it and show it in statistics.
void Reception::tell_track(Source& source, rtp::ReportBlock& block) noexcept {
  TrackFeed* track = find_track_ ? find_track_(source.ssrc) : nullptr;
  if (!track) return;
  const rtp::ReceptionTotals totals = source.statistics.totals();
  const int64_t expected = totals.lost + static_cast<int64_t>(totals.packets);
  const auto raise = [](std::atomic<int64_t>& sum, int64_t more, std::memory_order order) {
    sum.store(sum.load(std::memory_order_relaxed) + more, order);
  };
  raise(track->lost, totals.lost - source.lost, std::memory_order_relaxed);
  raise(track->expected, expected - source.expected, std::memory_order_release);
  source.lost = totals.lost;
  source.expected = expected;
  const uint32_t asked = track->asked_loss.load(std::memory_order_relaxed) / 256;
  const auto bounded = static_cast<uint8_t>(std::min<uint32_t>(asked, kMostAskedLoss));
  block.fraction_lost = std::max(block.fraction_lost, bounded);
}

void Reception::measure(const rtp::ReportBlock& block) noexcept {
  if (!counters_) return;
  counters_->reports_out.add();
  counters_->jitter_in_ns.add(int64_t{block.jitter} * kNsPerS / settings_.clock_rate);
  counters_->loss_in.add(thousandths(block.fraction_lost));
}

void Reception::add_feedback(rtp::RtcpWriter& out, int64_t now_ns, int64_t round_trip_ns) noexcept {
  const bool alone = out.bytes().empty();
  std::array<uint16_t, kMostNacks> wanted;
  const auto introduce = [&] {
    if (alone && out.bytes().empty()) out.add_receiver_report(settings_.ssrc, {});
  };
  for (Source& source : sources_) {
    if (!settings_.nack) break;
    const size_t count = source.nacks.collect(now_ns, round_trip_ns, wanted);
    if (count == 0) continue;
    introduce();
    out.add_nack(settings_.ssrc, source.ssrc, {wanted.data(), count});
    if (counters_) counters_->nacked_out.add(count);
  }
  const uint32_t untold = transport_feedback_.pending();
  const int64_t interval_ns = untold < kMuchFeedback ? kIdleFeedbackNs : kBusyFeedbackNs;
  if (untold == 0 || now_ns - last_feedback_ns_ < interval_ns || sources_.empty()) return;
  introduce();
  transport_feedback_.write(out, settings_.ssrc, sources_.front().ssrc);
  // The next tick sends what did not fit into one packet.
  if (transport_feedback_.pending() == 0) last_feedback_ns_ = now_ns;
}

Reception::Source* Reception::find(uint32_t ssrc) noexcept {
  return const_cast<Source*>(std::as_const(*this).find(ssrc));
}
const Reception::Source* Reception::find(uint32_t ssrc) const noexcept {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [ssrc](const Source& source) { return source.ssrc == ssrc; });
  return found == sources_.end() ? nullptr : &*found;
}

}  // namespace veche::media
