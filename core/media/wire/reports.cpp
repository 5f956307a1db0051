// SPDX-License-Identifier: Apache-2.0
// Gathering, judging and writing RTCP (RFC 3550, RFC 4585, RFC 5506).
#include "media/wire/reports.hpp"

#include <algorithm>

#include "base/big_endian.hpp"
#include "base/time.hpp"
#include "rtp/rtcp/report_interval.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"

namespace veche::media {
namespace {

/// RFC 7022 asks for a CNAME that says nothing about host or user. All slots are one source of
/// timing, so they share it.
constexpr std::string_view kCname = "veche";
/// Feedback goes out as often as Chromium's: after 50 ms if there is much to tell, after 250 ms if
/// there is little. For a microphone alone, more than that is a fifth of what it sends.
constexpr int64_t kBusyFeedbackNs = 50 * kNsPerMs, kIdleFeedbackNs = 250 * kNsPerMs;
constexpr uint32_t kMuchFeedback = 16;
/// Sent packets kept for one slot: 640 ms of voice packets of 20 ms.
constexpr size_t kCachePackets = 32;
constexpr size_t kCacheBytes = kCachePackets * 256;
constexpr size_t kMostNacks = 32;

/// What was lost since the report before.
void count_lost(Counter& counter, const std::atomic<int64_t>& before, int64_t now) {
  const int64_t more = now - before.load(std::memory_order_relaxed);
  if (more > 0) counter.add(static_cast<uint64_t>(more));
}

/// From the 256ths of a report to thousandths.
int64_t thousandths(uint8_t fraction_lost) { return int64_t{fraction_lost} * 1000 / 256; }

}  // namespace

Reports::Reports(const ReportSettings& settings, const std::vector<rtp::SlotFormat>& slots,
                 int64_t now_ns)
    : settings_(settings),
      ntp_(unix_ms(), now_ns),
      next_report_ns_(now_ns),
      random_state_(uint64_t{settings.ssrc} << 32 | static_cast<uint32_t>(now_ns) | 1u) {
  for (const rtp::SlotFormat& format : slots) {
    Slot& slot = slots_.emplace_back(
        Slot{format.ssrc, rtp::SenderStatistics(format.ssrc, format.clock_rate), std::nullopt});
    if (settings.nack) slot.cache.emplace(kCacheBytes, kCachePackets);
  }
  sources_.reserve(kMaxSources);
  next_report_ns_ += rtp::report_wait_ns(true, random());
}

PacketTimes Reports::times(const rtp::PacketView& packet, int64_t arrival_ns) const noexcept {
  const Source* source = find_source(packet.ssrc());
  if (!source) return arrival_ns;
  const rtp::CaptureClock::Capture capture =
      source->clock.capture(packet.timestamp(), participant_clock_);
  return {arrival_ns, capture.ns, capture.is_reported};
}

void Reports::on_received(const rtp::PacketView& packet, int64_t arrival_ns) noexcept {
  Source* source = find_source(packet.ssrc());
  if (!source) {
    if (sources_.size() == kMaxSources) return;
    source = &sources_.emplace_back(packet.ssrc(), settings_.clock_rate);
  }
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

/// Without the windows of what came and what was lost, of which a packet needs one entry.
void Reports::prefetch_received(int depth) const noexcept {
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

void Reports::on_sent(size_t index, const rtp::PacketView& packet, std::span<const uint8_t> sealed,
                      int64_t capture_ns) noexcept {
  Slot& slot = slots_[index];
  slot.statistics.on_sent(packet.sequence(), packet.timestamp(), packet.payload().size(),
                          capture_ns);
  if (slot.cache) slot.cache->store(packet.sequence(), sealed);
}

void Reports::on_rtcp(std::span<const uint8_t> datagram, int64_t now_ns,
                      const std::function<void(std::span<const uint8_t>)>& resend) noexcept {
  rtp::RtcpReader reader(datagram);
  while (const std::optional<rtp::RtcpPacket> packet = reader.next()) {
    if (const auto report = rtp::SenderReport::parse(*packet)) {
      on_sender_report(*report, now_ns);
      on_blocks(report->blocks, now_ns);
    } else if (const auto received = rtp::ReceiverReport::parse(*packet)) {
      on_blocks(received->blocks, now_ns);
    } else if (const auto nack = rtp::Nack::parse(*packet)) {
      on_nack(*nack, now_ns, resend);
    }
  }
}

void Reports::on_sender_report(const rtp::SenderReport& report, int64_t now_ns) noexcept {
  Source* source = find_source(report.ssrc);
  if (!source) return;
  source->statistics.on_sender_report(report.info.ntp, now_ns);
  source->clock.on_sender_report(report.info.ntp, report.info.timestamp);
  participant_clock_.on_sender_report(report.info.ntp, now_ns);
}

void Reports::on_blocks(const rtp::ReportBlocks& blocks, int64_t now_ns) noexcept {
  for (size_t i = 0; i < blocks.size(); ++i) {
    const rtp::ReportBlock block = blocks.at(i);
    Slot* slot = find_slot(block.ssrc);
    if (!slot || !slot->statistics.on_report(block, ntp_, now_ns)) continue;
    const rtp::ReceiverOpinion& opinion = slot->statistics.opinion();
    if (opinion.round_trip_ns) quality_.round_trip_ns.store(*opinion.round_trip_ns);
    quality_.jitter_out_ns.store(opinion.jitter_ns, std::memory_order_relaxed);
    int64_t lost = 0;
    for (const Slot& each : slots_) lost += each.statistics.opinion().cumulative_lost;
    if (counters_) count_lost(counters_->lost_out, quality_.lost_out, lost);
    quality_.lost_out.store(lost, std::memory_order_relaxed);
    measure_out(opinion);
  }
}

void Reports::measure_out(const rtp::ReceiverOpinion& opinion) noexcept {
  if (!counters_) return;
  counters_->reports_in.add();
  counters_->jitter_out_ns.add(opinion.jitter_ns);
  counters_->loss_out.add(thousandths(opinion.fraction_lost));
  if (opinion.round_trip_ns) counters_->round_trip_ns.add(*opinion.round_trip_ns);
}

void Reports::measure_in(const rtp::ReportBlock& block) noexcept {
  if (!counters_) return;
  counters_->reports_out.add();
  counters_->jitter_in_ns.add(int64_t{block.jitter} * kNsPerS / settings_.clock_rate);
  counters_->loss_in.add(thousandths(block.fraction_lost));
}

void Reports::on_nack(const rtp::Nack& nack, int64_t now_ns,
                      const std::function<void(std::span<const uint8_t>)>& resend) noexcept {
  Slot* slot = find_slot(nack.media_ssrc());
  if (!slot || !slot->cache) return;
  const int64_t round_trip_ns = quality_.round_trip_ns.load(std::memory_order_relaxed);
  nack.for_each([&](uint16_t sequence) {
    const std::span<const uint8_t> packet = slot->cache->resend(sequence, now_ns, round_trip_ns);
    if (counters_) counters_->nacked_in.add();
    if (packet.empty()) return;
    resend(packet);
    if (counters_) counters_->resent.add();
  });
}

std::span<const uint8_t> Reports::write(int64_t now_ns, std::span<uint8_t> out) noexcept {
  rtp::RtcpWriter writer(out.first(std::min(out.size(), kMaxSize)));
  if (now_ns >= next_report_ns_) {
    next_report_ns_ = now_ns + rtp::report_wait_ns(false, random());
    add_report(writer, now_ns);
  }
  add_feedback(writer, now_ns);
  return writer.bytes();
}

/// A sender report for each slot that sends, the first of them with what was received; without any,
/// a receiver report.
void Reports::add_report(rtp::RtcpWriter& out, int64_t now_ns) noexcept {
  std::array<rtp::ReportBlock, kMaxSources> blocks;
  size_t count = 0;
  int64_t lost = 0;
  for (Source& source : sources_) {
    if (!source.statistics.started()) continue;
    blocks[count] = source.statistics.make_report(now_ns);
    measure_in(blocks[count++]);
    const rtp::ReceptionTotals totals = source.statistics.totals();
    lost += totals.lost;
    quality_.jitter_in_ns.store(int64_t{totals.jitter} * kNsPerS / settings_.clock_rate,
                                std::memory_order_relaxed);
  }
  if (counters_) count_lost(counters_->lost_in, quality_.lost_in, lost);
  quality_.lost_in.store(lost, std::memory_order_relaxed);
  std::span<const rtp::ReportBlock> rest(blocks.data(), count);
  for (Slot& slot : slots_) {
    if (!slot.statistics.is_sender()) continue;
    out.add_sender_report(slot.ssrc, slot.statistics.make_info(ntp_, now_ns), rest);
    out.add_cname(slot.ssrc, kCname);
    rest = {};
  }
  if (!out.bytes().empty()) return;
  out.add_receiver_report(settings_.ssrc, rest);
  out.add_cname(settings_.ssrc, kCname);
}

/// Feedback that is due goes out at once, behind an empty receiver report: not every peer takes
/// RTCP of reduced size.
void Reports::add_feedback(rtp::RtcpWriter& out, int64_t now_ns) noexcept {
  const bool alone = out.bytes().empty();
  std::array<uint16_t, kMostNacks> wanted;
  const int64_t round_trip_ns = quality_.round_trip_ns.load(std::memory_order_relaxed);
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
  // What one packet does not hold goes out with the next tick.
  if (transport_feedback_.pending() == 0) last_feedback_ns_ = now_ns;
}

Reports::Source* Reports::find_source(uint32_t ssrc) noexcept {
  return const_cast<Source*>(std::as_const(*this).find_source(ssrc));
}
const Reports::Source* Reports::find_source(uint32_t ssrc) const noexcept {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [ssrc](const Source& source) { return source.ssrc == ssrc; });
  return found == sources_.end() ? nullptr : &*found;
}
Reports::Slot* Reports::find_slot(uint32_t ssrc) noexcept {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [ssrc](const Slot& slot) { return slot.ssrc == ssrc; });
  return found == slots_.end() ? nullptr : &*found;
}

/// xorshift64*: reports must not fall into step, nothing more.
uint32_t Reports::random() noexcept {
  random_state_ ^= random_state_ >> 12;
  random_state_ ^= random_state_ << 25;
  random_state_ ^= random_state_ >> 27;
  return static_cast<uint32_t>(random_state_ * 0x2545F4914F6CDD1Du >> 32);
}

}  // namespace veche::media
