// SPDX-License-Identifier: Apache-2.0
// Deciding, rewriting and sending for one session, without allocation.
#include "media/lane/lane_session.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <utility>

#include "base/time.hpp"

namespace veche::media {
namespace {

/// Who joins just as somebody begins to talk is no measure of how fast slots switch.
constexpr int64_t kSettledNs = 500 * kNsPerMs;

/// First sequence number and timestamp of a stream: random (RFC 3550 section 5.1), and the former
/// in the lower half, so that a receiver's rollover counter starts unambiguous (RFC 3711
/// section 3.3.1).
template <class T>
T random_number() {
  T value = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&value), sizeof value);
  return value;
}

veche_packet describe(const rtp::PacketView& view, int64_t arrival_ns, uint32_t sequence,
                      uint8_t level, uint32_t flags) noexcept {
  veche_packet packet{};
  packet.arrival_ns = arrival_ns;
  packet.sequence = sequence;
  packet.timestamp = view.timestamp();
  packet.size = static_cast<uint32_t>(view.payload().size());
  packet.flags = flags | (view.marker() ? VECHE_PACKET_MARKER : 0u);
  packet.level = level;
  return packet;
}

}  // namespace

LaneSession::LaneSession(SessionId id, ParticipantId participant, Path& path, PacketPolicy* policy,
                         LaneCounters& counters, const std::vector<rtp::SlotFormat>& slots,
                         int64_t connected_ns)
    : id_(id),
      participant_(participant),
      path_(path),
      policy_(policy),
      counters_(counters),
      connected_ns_(connected_ns) {
  slots_.reserve(slots.size());
  for (const rtp::SlotFormat& format : slots) {
    Slot& slot =
        slots_.emplace_back(format, random_number<uint16_t>() & 0x7fff, random_number<uint32_t>());
    slot.route.struct_size = sizeof slot.route;
    slot.route.kind = VECHE_KIND_AUDIO;
    slot.route.session = id.value;
    slot.route.clock_rate = format.clock_rate;
  }
}

void LaneSession::use_policy(PacketPolicy* policy) noexcept {
  policy_ = policy;
  for (Slot& slot : slots_) slot.policy_state.fill(std::byte{0});
}

void LaneSession::fill(size_t index, TrackId track, int64_t now_ns) noexcept {
  Slot& slot = slots_[index];
  slot.track = track;
  slot.fresh = slot.unheard = static_cast<bool>(track);
  slot.rewriter.switch_source();
  slot.route.track = track.value;
  slot.route.generation += 1;
  slot.route.now_ns = now_ns;
  slot.policy_state.fill(std::byte{0});
}

bool LaneSession::forward(size_t index, const TrackFeed& feed, const LanePacket& packet,
                          const rtp::History& history, uint8_t level_extension,
                          int64_t now_ns) noexcept {
  Slot& slot = slots_[index];
  if (!slot.active) {
    slot.rewriter.skip(packet.view);
    return false;
  }
  if (slot.fresh) {
    slot.fresh = false;
    replay(slot, feed, packet, history, level_extension, now_ns);
  }
  const veche_packet described =
      describe(packet.view, packet.times.arrival_ns, packet.extended_sequence, packet.level, 0);
  uint32_t verdict = VECHE_VERDICT_FORWARD;
  decide(slot, &described, 1, &verdict, now_ns);
  if (verdict == VECHE_VERDICT_FORWARD) {
    return write(slot, feed, packet.view, packet.level, packet.times.capture_ns, now_ns);
  }
  counters_.policy_dropped.add();
  slot.rewriter.skip(packet.view);
  return false;
}

void LaneSession::replay(Slot& slot, const TrackFeed& feed, const LanePacket& packet,
                         const rtp::History& history, uint8_t level_extension,
                         int64_t now_ns) noexcept {
  constexpr size_t kMost = 32;
  std::array<std::optional<rtp::PacketView>, kMost> views;
  std::array<veche_packet, kMost> described;
  std::array<uint32_t, kMost> verdicts;
  uint32_t count = 0;
  const size_t first = history.size() > kMost ? history.size() - kMost : 0;
  for (size_t i = first; i < history.size(); ++i) {
    const rtp::History::Entry entry = history.at(i);
    views[count] = rtp::PacketView::parse(entry.bytes);
    if (!views[count]) continue;
    const auto behind = static_cast<int16_t>(views[count]->sequence() - packet.view.sequence());
    if (behind >= 0) continue;  // A copy of the live packet, or one that overtook it.
    const std::optional<rtp::AudioLevel> level = views[count]->audio_level(level_extension);
    described[count] = describe(*views[count], entry.arrival_ns,
                                packet.extended_sequence + static_cast<uint32_t>(int32_t{behind}),
                                level ? level->level : uint8_t{127}, VECHE_PACKET_PREROLL);
    verdicts[count] = VECHE_VERDICT_DROP;
    ++count;
  }
  // Without a policy nothing is replayed: nobody has said how much is wanted.
  if (count == 0 || policy_ == nullptr) return;
  decide(slot, described.data(), count, verdicts.data(), now_ns);
  for (uint32_t i = 0; i < count; ++i) {
    if (verdicts[i] != VECHE_VERDICT_FORWARD) continue;
    write(slot, feed, *views[i], described[i].level, described[i].arrival_ns, now_ns);
  }
}

void LaneSession::decide(Slot& slot, const veche_packet* packets, uint32_t count,
                         uint32_t* verdicts, int64_t now_ns) noexcept {
  if (policy_ == nullptr) return;
  slot.route.now_ns = now_ns;
  policy_->decide(slot.policy_state.data(), slot.route, packets, count, verdicts);
}

bool LaneSession::write(Slot& slot, const TrackFeed& feed, const rtp::PacketView& view,
                        uint8_t level, int64_t capture_ns, int64_t now_ns) noexcept {
  const std::span<uint8_t> memory = path_.begin(slot.rewriter.max_size(view));
  if (memory.empty()) {
    counters_.path_refused.add();
    return false;
  }
  const std::optional<rtp::AudioLevel> audio_level =
      feed.has_levels.load(std::memory_order_relaxed) ? std::optional(rtp::AudioLevel{level, true})
                                                      : std::nullopt;
  const size_t size = slot.rewriter.write(view, feed.source_number, audio_level, now_ns, memory);
  path_.headers.rtp(memory.first(size), now_ns);
  path_.send(size, static_cast<size_t>(&slot - slots_.data()), capture_ns);
  (size > 0 ? counters_.packets_out : counters_.rewriter_dropped).add();
  if (size > 0 && slot.unheard) measure_switch(slot, feed);
  return size > 0;
}

/// The first packet of a track in its slot has gone out.
void LaneSession::measure_switch(Slot& slot, const TrackFeed& feed) noexcept {
  slot.unheard = false;
  const bool is_first = !std::exchange(has_sent_, true);
  const int64_t now_ns = monotonic_ns();
  if (is_first) path_.first_packet_ns.store(now_ns, std::memory_order_relaxed);
  const int64_t began_ns = feed.turn.began_ns(now_ns);
  if (began_ns == 0) return;  // Silence, or it sends no levels.
  if (began_ns >= connected_ns_ + kSettledNs) {
    counters_.switch_ns.add(now_ns - began_ns);
  } else if (is_first && began_ns <= connected_ns_) {
    path_.first_audio_ns.store(now_ns, std::memory_order_relaxed);
  }
}

}  // namespace veche::media
