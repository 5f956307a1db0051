// SPDX-License-Identifier: Apache-2.0
// The ring of the newest packets of one track.
#include "rtp/history.hpp"

#include <algorithm>
#include <cassert>

namespace veche::rtp {

History::History(size_t capacity) : cells_(capacity) {}

void History::push(const PacketView& packet, int64_t arrival_ns) noexcept {
  const std::span<const uint8_t> bytes = packet.bytes();
  if (cells_.empty() || bytes.size() > kMaxPacketSize) return;
  Cell& cell = cells_[next_];
  std::copy(bytes.begin(), bytes.end(), cell.bytes);
  cell.entry = {arrival_ns, packet.of_copy(cell.bytes)};
  next_ = (next_ + 1) % cells_.size();
  count_ = std::min(count_ + 1, cells_.size());
}

const History::Entry& History::at(size_t index) const noexcept {
  assert(index < count_);
  return cells_[(next_ + cells_.size() - count_ + index) % cells_.size()].entry;
}

const History::Entry* History::find(uint16_t sequence) const noexcept {
  for (size_t index = count_; index > 0; --index) {
    const Entry& entry = at(index - 1);
    if (entry.packet.sequence() == sequence) return &entry;
  }
  return nullptr;
}

}  // namespace veche::rtp
