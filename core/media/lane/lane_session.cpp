// SPDX-License-Identifier: Apache-2.0
// Decides, rewrites and sends for one session, without allocation.
#include "media/lane/lane_session.hpp"

#include <algorithm>
#include <utility>

#include "base/random_bytes.hpp"
#include "base/time.hpp"
#include "rtp/red.hpp"

namespace veche::media {
namespace {

/// A participant that joins just as another starts to talk is excluded from the switch times.
constexpr int64_t kSettledNs = 500 * kNsPerMs;

/// The first sequence number and timestamp of a stream are random (RFC 3550 section 5.1). The
/// sequence number is in the lower half, so that a receiver's rollover counter starts unambiguous
/// (RFC 3711 section 3.3.1).
uint16_t first_sequence() { return random_value<uint16_t>() & 0x7fff; }

bool is_as_published(const LaneSession::Slot& slot, const TrackFeed& feed) noexcept {
  return slot.repeated == Protection::kAsPublished || feed.is_encrypted;
}

/// The packet with nothing that the server repeats.
Form unrepeated(const LaneSession::Slot& slot, const TrackFeed& feed,
                const LanePacket& packet) noexcept {
  return is_as_published(slot, feed) ? as_published(feed, packet.view) : plain(feed, packet.view);
}

}  // namespace

LaneSession::LaneSession(SessionId id, ParticipantId participant, Path& path, PacketPolicy* policy,
                         LaneCounters& counters, const std::vector<rtp::SlotFormat>& slots,
                         int64_t connected_ns, std::shared_ptr<const std::atomic<uint64_t>> tag)
    : id_(id),
      participant_(participant),
      path_(path),
      policy_(policy),
      shows_tags_(policy != nullptr && policy->sees_tags()),
      tag_(std::move(tag)),
      counters_(counters),
      connected_ns_(connected_ns) {
  slots_.reserve(slots.size());
  for (const rtp::SlotFormat& format : slots) {
    Slot& slot = slots_.emplace_back(format, first_sequence(), random_value<uint32_t>());
    slot.route.struct_size = sizeof slot.route;
    slot.route.kind = VECHE_KIND_AUDIO;
    slot.route.session = id.value;
    slot.route.clock_rate = format.clock_rate;
  }
}

void LaneSession::use_policy(PacketPolicy* policy) noexcept {
  policy_ = policy;
  shows_tags_ = policy != nullptr && policy->sees_tags();
  for (Slot& slot : slots_) {
    slot.policy_state.fill(std::byte{0});
    slot.route.publisher_tag = slot.route.listener_tag = 0;
  }
}

bool LaneSession::fill(size_t index, TrackId track, int64_t now_ns) noexcept {
  Slot& slot = slots_[index];
  const bool is_silenced = !track && slot.active && end_in_silence(slot, now_ns);
  slot.track = track;
  slot.fresh = slot.unheard = static_cast<bool>(track);
  slot.begins = true;
  slot.rewriter.switch_source();
  slot.route.track = track.value;
  slot.route.generation += 1;
  slot.route.now_ns = now_ns;
  slot.policy_state.fill(std::byte{0});
  return is_silenced;
}

bool LaneSession::set_active(size_t index, bool active, int64_t now_ns) noexcept {
  Slot& slot = slots_[index];
  const bool ends = slot.active && !active;
  slot.active = active;
  slot.begins |= ends;
  return ends && end_in_silence(slot, now_ns);
}

void LaneSession::protect(size_t index, Protection protection) noexcept {
  Slot& slot = slots_[index];
  const bool decides = protection.repeated != Protection::kAsPublished;
  const bool can_repeat = slot.rewriter.format().red_payload_type != 0;
  slot.repeated = decides && can_repeat ? std::min(protection.repeated, Protection::kMostRepeated)
                                        : Protection::kAsPublished;
  path_.resend(index, protection.resends);
}

/// True if the path has got packets.
bool LaneSession::end_in_silence(Slot& slot, int64_t now_ns) noexcept {
  // One frame of 20 ms without sound: RFC 6716 section 3.1, CELT of full band.
  static constexpr std::array<uint8_t, 3> kSilence{0xf8, 0xff, 0xfe};
  if (!slot.track || slot.unheard) return false;
  const auto level = slot.has_level ? std::optional(rtp::AudioLevel{}) : std::nullopt;
  for (int i = 0; i < kSilentFrames; ++i) {
    const std::span<uint8_t> memory = path_.begin(slot.rewriter.max_own_size(kSilence.size()));
    if (memory.empty()) return i > 0;
    const auto written =
        slot.rewriter.write_own(kSilence, slot.source_number, level, now_ns, memory);
    if (!written) return i > 0;
    send(slot, *written, now_ns, now_ns);
  }
  return true;
}

void LaneSession::send(Slot& slot, const rtp::PacketView& packet, int64_t capture_ns,
                       int64_t now_ns) noexcept {
  path_.send(packet, static_cast<size_t>(&slot - slots_.data()), capture_ns, now_ns);
  counters_.packets_out.add();
}

std::optional<rtp::PacketView> LaneSession::write_padding(size_t index,
                                                          std::span<uint8_t> out) noexcept {
  Slot& slot = slots_[index];
  return slot.rewriter.write_padding(slot.source_number, out);
}

bool LaneSession::forward(size_t index, const TrackFeed& feed, const LanePacket& packet,
                          Preroll& preroll, Redundancy& redundancy, int64_t now_ns) noexcept {
  Slot& slot = slots_[index];
  if (!slot.active || (feed.is_encrypted && !opens_encrypted_)) {
    skip(slot, packet);
    return false;
  }
  if (slot.fresh) {
    slot.fresh = false;
    replay(slot, feed, preroll, now_ns);
  }
  uint32_t verdict = VECHE_VERDICT_FORWARD;
  decide(slot, feed, {&packet.description, 1}, &verdict, now_ns);
  if (verdict == VECHE_VERDICT_FORWARD) {
    return write(slot, feed, packet, form(slot, feed, packet, redundancy), now_ns);
  }
  counters_.policy_dropped.add();
  skip(slot, packet);
  return false;
}

void LaneSession::skip(Slot& slot, const LanePacket& packet) noexcept {
  slot.rewriter.skip(packet.view);
  slot.begins = true;
}

Form LaneSession::form(const Slot& slot, const TrackFeed& feed, const LanePacket& packet,
                       Redundancy& redundancy) noexcept {
  if (is_as_published(slot, feed) || slot.begins) return unrepeated(slot, feed, packet);
  const auto earlier = static_cast<int32_t>(packet.description.sequence - slot.repeatable_from);
  const int32_t count = std::min<int32_t>(slot.repeated, earlier);
  if (count <= 0) return unrepeated(slot, feed, packet);
  return redundancy.repeating(static_cast<size_t>(count));
}

void LaneSession::replay(Slot& slot, const TrackFeed& feed, Preroll& preroll,
                         int64_t now_ns) noexcept {
  // Without a policy nothing is replayed: only a policy says how much is wanted.
  if (policy_ == nullptr) return;
  const std::span<const veche_packet> packets = preroll.descriptions();
  if (packets.empty()) return;
  std::array<uint32_t, Preroll::kMostPackets> verdicts;
  verdicts.fill(VECHE_VERDICT_DROP);
  decide(slot, feed, packets, verdicts.data(), now_ns);
  for (size_t i = 0; i < packets.size(); ++i) {
    if (verdicts[i] != VECHE_VERDICT_FORWARD) {
      slot.begins = true;
      continue;
    }
    const LanePacket packet = preroll.packet(i);
    write(slot, feed, packet, unrepeated(slot, feed, packet), now_ns);
  }
}

void LaneSession::decide(Slot& slot, const TrackFeed& feed, std::span<const veche_packet> packets,
                         uint32_t* verdicts, int64_t now_ns) noexcept {
  if (policy_ == nullptr) return;
  slot.route.now_ns = now_ns;
  if (shows_tags_) {
    slot.route.publisher_tag = feed.tag.load(std::memory_order_relaxed);
    slot.route.listener_tag = tag_ ? tag_->load(std::memory_order_relaxed) : 0;
  }
  policy_->decide(slot.policy_state.data(), slot.route, packets.data(),
                  static_cast<uint32_t>(packets.size()), verdicts);
}

bool LaneSession::write(Slot& slot, const TrackFeed& feed, const LanePacket& packet,
                        const Form& form, int64_t now_ns) noexcept {
  const std::span<uint8_t> memory = path_.begin(slot.rewriter.max_size(form.view));
  if (memory.empty()) {
    counters_.path_refused.add();
    return false;
  }
  std::optional<rtp::PacketView> written =
      slot.rewriter.write(form.view, feed.source_number, packet.level, now_ns, memory);
  if (written && form.is_redundant) {
    const rtp::SlotFormat& format = slot.rewriter.format();
    const uint8_t red = form.keeps_blocks ? format.red_payload_type : uint8_t{0};
    written = rtp::convert_red(*written, memory, feed.payload_type,
                               {.red = red, .primary = format.payload_type});
  }
  if (!written) {
    counters_.rewriter_dropped.add();
    return false;
  }
  slot.has_level = packet.level.has_value();
  slot.source_number = feed.source_number;
  if (std::exchange(slot.begins, false)) slot.repeatable_from = packet.description.sequence;
  if (form.repeated_bytes > 0) {
    const auto index = static_cast<size_t>(&slot - slots_.data());
    path_.slot_counters[index].redundant_bytes.add(form.repeated_bytes);
    counters_.redundant_bytes.add(form.repeated_bytes);
  }
  send(slot, *written, packet.capture_ns, now_ns);
  if (slot.unheard) measure_switch(slot, feed, now_ns);
  return true;
}

/// The first packet of a track in its slot has been sent.
void LaneSession::measure_switch(Slot& slot, const TrackFeed& feed, int64_t now_ns) noexcept {
  slot.unheard = false;
  const bool is_first = !std::exchange(has_sent_, true);
  if (is_first) path_.first_packet_ns.store(now_ns, std::memory_order_relaxed);
  const int64_t began_ns = feed.turn.began_ns(now_ns);
  if (began_ns == 0) return;  // Silence, or the track sends no levels.
  if (began_ns >= connected_ns_ + kSettledNs) {
    counters_.switch_ns.add(now_ns - began_ns);
  } else if (is_first && began_ns <= connected_ns_) {
    path_.first_audio_ns.store(now_ns, std::memory_order_relaxed);
  }
}

}  // namespace veche::media
