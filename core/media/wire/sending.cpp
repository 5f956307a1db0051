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

}  // namespace

Sending::Sending(const std::vector<rtp::SlotFormat>& slots, bool keeps_packets,
                 SessionQuality& quality, int64_t now_ns)
    : ntp_(unix_ms(), now_ns), quality_(quality) {
  for (const rtp::SlotFormat& format : slots) {
    Slot& slot = slots_.emplace_back(
        Slot{format.ssrc, rtp::SenderStatistics(format.ssrc, format.clock_rate), std::nullopt});
    if (keeps_packets) slot.cache.emplace(kCacheBytes, kCachePackets);
  }
}

void Sending::on_sent(size_t index, const rtp::PacketView& packet, std::span<const uint8_t> sealed,
                      int64_t capture_ns) noexcept {
  Slot& slot = slots_[index];
  slot.statistics.on_sent(packet.sequence(), packet.timestamp(), packet.payload().size(),
                          capture_ns);
  if (slot.cache) slot.cache->store(packet.sequence(), sealed);
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

void Sending::on_nack(const rtp::Nack& nack, int64_t now_ns,
                      const std::function<void(std::span<const uint8_t>)>& resend) noexcept {
  Slot* slot = find(nack.media_ssrc());
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
