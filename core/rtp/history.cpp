// SPDX-License-Identifier: Apache-2.0
// The ring of the newest packets of one track.
#include "rtp/history.hpp"

#include <algorithm>
#include <cassert>

namespace veche::rtp {

History::History(size_t capacity) : cells_(capacity) {}

void History::push(std::span<const uint8_t> bytes, int64_t arrival_ns) noexcept {
  if (cells_.empty() || bytes.size() > kMaxPacketSize) return;
  Cell& cell = cells_[next_];
  cell.arrival_ns = arrival_ns;
  cell.size = static_cast<uint16_t>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), cell.bytes);
  next_ = (next_ + 1) % cells_.size();
  count_ = std::min(count_ + 1, cells_.size());
}

History::Entry History::at(size_t index) const noexcept {
  assert(index < count_);
  const Cell& cell = cells_[(next_ + cells_.size() - count_ + index) % cells_.size()];
  return {.arrival_ns = cell.arrival_ns, .bytes = {cell.bytes, cell.size}};
}

}  // namespace veche::rtp
