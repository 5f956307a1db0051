// SPDX-License-Identifier: Apache-2.0
// Statistics of sent slots, the client's reports about them, and retransmission.
#include "media/wire/sending.hpp"

#include <algorithm>

#include "base/time.hpp"

namespace veche::media {
namespace {

/// The number of sent packets kept for one slot: 640 ms of voice packets of 20 ms.
constexpr size_t kCachePackets = 32;
constexpr size_t kCacheBytes = kCachePackets * 256;
constexpr int64_t kNsPerUs = 1000;

}  // namespace

Sending::Sending(const std::vector<rtp::SlotFormat>& slots, bool keeps_packets,
                 SessionQuality& quality, Link& link, std::span<SlotCounters> counters,
                 int64_t now_ns)
    : ntp_(unix_ms(), now_ns), quality_(quality), link_(link) {
  for (const rtp::SlotFormat& format : slots) {
    const size_t index = slots_.size();
    Slot& slot = slots_.emplace_back(
        Slot{format.ssrc, rtp::SenderStatistics(format.ssrc, format.clock_rate), std::nullopt});
    if (keeps_packets) slot.cache.emplace(kCacheBytes, kCachePackets);
    if (index < counters.size()) slot.counters = &counters[index];
  }
}

void Sending::on_sent(size_t index, const rtp::PacketView& packet, std::span<const uint8_t> sealed,
                      int64_t capture_ns) noexcept {
  Slot& slot = slots_[index];
  slot.statistics.on_sent(packet.sequence(), packet.timestamp(), packet.payload().size(),
                          capture_ns);
  if (slot.cache) slot.cache->store(packet.sequence(), sealed);
}

void Sending::on_probe(size_t slot, uint16_t sequence) noexcept {
  slots_[slot].statistics.on_padding(sequence);
  if (counters_) counters_->probes.add();
}

void Sending::on_blocks(const rtp::ReportBlocks& blocks, int64_t now_ns) noexcept {
  bool is_news = false;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const rtp::ReportBlock block = blocks.at(i);
    Slot* slot = find(block.ssrc);
    if (!slot || !slot->statistics.on_report(block, ntp_, now_ns)) continue;
    proof_.on_echo(block.last_sender_report);
    const rtp::ReceiverOpinion& opinion = slot->statistics.opinion();
    if (opinion.round_trip_ns) quality_.round_trip_ns.store(*opinion.round_trip_ns);
    quality_.jitter_out_ns.store(opinion.jitter_ns, std::memory_order_relaxed);
    measure(opinion);
    tell_link(*slot, now_ns);
    is_news = true;
  }
  if (is_news) sum_up();
}

void Sending::sum_up() noexcept {
  int64_t lost = 0, expected = 0;
  for (const Slot& slot : slots_) {
    lost += slot.statistics.opinion().cumulative_lost;
    expected += slot.statistics.opinion().expected;
  }
  if (counters_) count_lost(counters_->lost_out, quality_.lost_out, lost);
  quality_.lost_out.store(lost, std::memory_order_relaxed);
  quality_.expected_out.store(expected, std::memory_order_release);
}

void Sending::measure(const rtp::ReceiverOpinion& opinion) noexcept {
  if (!counters_) return;
  counters_->reports_in.add();
  counters_->jitter_out_ns.add(opinion.jitter_ns);
  counters_->loss_out.add(thousandths(opinion.fraction_lost));
  if (opinion.round_trip_ns) counters_->round_trip_ns.add(*opinion.round_trip_ns);
}

/// A client counts as lost what was lost on the way from the publisher, too: the numbers of those
/// packets are missing. They count as absent when it does, at most one report later.
void Sending::tell_link(Slot& slot, int64_t now_ns) noexcept {
  const rtp::ReceiverOpinion& opinion = slot.statistics.opinion();
  const int64_t fresh = slot.statistics.absent() - slot.absent;
  const int64_t lost = opinion.cumulative_lost - slot.lost;
  const int64_t open = std::max<int64_t>(slot.absent_open + fresh, 0);
  const int64_t absent = std::min(open, std::max<int64_t>(lost, 0));
  link_.on_report(
      {.expected = opinion.expected - slot.expected,
       .lost = lost,
       .absent = absent,
       .jitter_us = static_cast<uint32_t>(opinion.jitter_ns / kNsPerUs),
       .round_trip_us = static_cast<uint32_t>(opinion.round_trip_ns.value_or(0) / kNsPerUs)},
      now_ns);
  slot.expected = opinion.expected;
  slot.lost = opinion.cumulative_lost;
  slot.absent += fresh;
  slot.absent_lost += absent;
  slot.absent_open = std::min(open - absent, std::max<int64_t>(fresh, 0));
  if (!slot.counters) return;
  slot.counters->lost.store(slot.lost - slot.absent_lost, std::memory_order_relaxed);
  slot.counters->expected.store(slot.expected - slot.absent_lost, std::memory_order_release);
}

void Sending::on_nack(const rtp::Nack& nack, int64_t now_ns,
                      const std::function<void(std::span<const uint8_t>)>& resend) noexcept {
  Slot* slot = find(nack.media_ssrc());
  if (!slot || !slot->cache || !slot->resends) return;
  const int64_t round_trip_ns = quality_.round_trip_ns.load(std::memory_order_relaxed);
  nack.for_each([&](uint16_t sequence) {
    const std::span<const uint8_t> packet = slot->cache->resend(sequence, now_ns, round_trip_ns);
    if (counters_) counters_->nacked_in.add();
    if (packet.empty()) return;
    resend(packet);
    if (slot->counters) slot->counters->retransmitted_packets.add();
    if (counters_) counters_->resent.add();
  });
}

bool Sending::add_reports(rtp::RtcpWriter& out, std::span<const rtp::ReportBlock> blocks,
                          std::string_view cname, int64_t now_ns) noexcept {
  bool sends = false;
  for (Slot& slot : slots_) {
    if (!slot.statistics.is_sender()) continue;
    out.add_sender_report(slot.ssrc, slot.statistics.make_info(ntp_, now_ns),
                          sends ? std::span<const rtp::ReportBlock>() : blocks);
    out.add_cname(slot.ssrc, cname);
    sends = true;
  }
  if (sends) proof_.on_report(rtp::compact_ntp(ntp_.at(now_ns)));
  return sends;
}

Sending::Slot* Sending::find(uint32_t ssrc) noexcept {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [ssrc](const Slot& slot) { return slot.ssrc == ssrc; });
  return found == slots_.end() ? nullptr : &*found;
}

}  // namespace veche::media
