// SPDX-License-Identifier: Apache-2.0
// Counts the packets that one participant hears.
#include "receiver.hpp"

#include <algorithm>

#include "base/big_endian.hpp"
#include "rtp/packet_view.hpp"

namespace veche::load {
namespace {

void add(std::atomic<uint64_t>& counter, uint64_t amount = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
}

uint32_t first_csrc(std::span<const uint8_t> packet) {
  if ((packet[0] & 0x0f) == 0) return 0;
  return read_u32(packet.data() + 12);
}

}  // namespace

Receiver::Receiver(uint32_t own_index, size_t turns, uint32_t rooms)
    : own_index_(own_index), rooms_(rooms), turns_(turns) {}

void Receiver::take(std::span<const uint8_t> packet, int64_t now_ns) noexcept {
  const auto view = rtp::PacketView::parse(packet);
  Slot* slot = view ? slot_of(view->ssrc()) : nullptr;
  if (!slot) return add(not_rtp);
  if (!count(*slot, view->sequence())) return add(duplicates);
  add(packets);
  const auto mark = read_mark(view->payload());
  if (!mark) return add(foreign);
  if (mark->talker % rooms_ != own_index_ % rooms_) return add(strange);
  if (mark->talker == own_index_) add(own_packets);
  check_source(*mark, packet);

  // The server marks the first packet after a switch. Packets sent before that one arrived may be
  // pre-roll, which is late on purpose.
  if (slot->talker != mark->talker || view->marker()) {
    if (slot->talker != mark->talker) add(switches);
    slot->talker = mark->talker;
    slot->switched_ns = now_ns;
  }
  if (mark->sent_ns >= slot->switched_ns &&
      mark->sent_ns >= latency_from_ns_.load(std::memory_order_relaxed)) {
    latency.add(now_ns - mark->sent_ns);
  }
  note_turn(*mark, now_ns);
}

Receiver::Slot* Receiver::slot_of(uint32_t ssrc) noexcept {
  const size_t known = slots();
  for (size_t i = 0; i < known; ++i) {
    if (slots_[i].ssrc == ssrc) return &slots_[i];
  }
  if (known == kMaxSlots) return nullptr;
  slots_[known].ssrc = ssrc;
  slot_count_.store(known + 1, std::memory_order_release);
  return &slots_[known];
}

bool Receiver::count(Slot& slot, uint16_t sequence) noexcept {
  const uint32_t extended = slot.extender.extend(sequence);
  const bool first = slot.received.load(std::memory_order_relaxed) == 0;
  if (first) slot.first = slot.highest = extended;
  if (extended > slot.highest) {
    slot.seen <<= extended - slot.highest;
    slot.highest = extended;
  }
  const uint32_t behind = slot.highest - extended;
  if (extended < slot.first || behind >= kWindow || slot.seen[behind]) return false;
  slot.seen.set(behind);
  slot.expected.store(slot.highest - slot.first + 1, std::memory_order_relaxed);
  add(slot.received);
  return true;
}

uint64_t Receiver::lost() const {
  uint64_t lost = 0;
  for (size_t i = 0; i < slots(); ++i) {
    const uint64_t received = slots_[i].received.load(std::memory_order_relaxed);
    const uint64_t expected = slots_[i].expected.load(std::memory_order_relaxed);
    lost += expected - std::min(expected, received);
  }
  return lost;
}

void Receiver::check_source(const Mark& mark, std::span<const uint8_t> packet) noexcept {
  const uint32_t source = first_csrc(packet);
  if (mark.talker >= sources_.size()) sources_.resize(mark.talker + 1u);
  uint32_t& known = sources_[mark.talker];
  if (known == 0) known = source;
  if (source == 0 || source != known) add(source_errors);
}

void Receiver::note_turn(const Mark& mark, int64_t now_ns) noexcept {
  if (mark.turn == 0 || mark.turn > turns_.size()) return;
  HeardTurn& turn = turns_[mark.turn - 1];
  if (turn.first_arrival_ns == 0) turn.first_arrival_ns = now_ns;
  turn.first_frame = std::min(turn.first_frame, mark.frame);
  turn.last_frame = std::max(turn.last_frame, mark.frame);
  ++turn.frames;
}

}  // namespace veche::load
