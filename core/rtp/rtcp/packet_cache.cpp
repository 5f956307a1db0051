// SPDX-License-Identifier: Apache-2.0
// A ring of bytes, and a table that finds packets in it by their sequence number.
#include "rtp/rtcp/packet_cache.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace veche::rtp {

PacketCache::PacketCache(size_t max_bytes, size_t max_packets)
    : bytes_(max_bytes),
      entries_(std::bit_ceil(std::max<size_t>(max_packets, 1))),
      entry_mask_(entries_.size() - 1) {}

void PacketCache::store(uint16_t sequence, std::span<const uint8_t> bytes) noexcept {
  if (bytes.empty() || bytes.size() > bytes_.size() ||
      bytes.size() > std::numeric_limits<uint16_t>::max()) {
    return;
  }
  const size_t until_wrap = bytes_.size() - end_ % bytes_.size();
  if (bytes.size() > until_wrap) end_ += until_wrap;  // A packet is contiguous.
  entry_of(sequence) = {
      .position = end_, .size = static_cast<uint16_t>(bytes.size()), .sequence = sequence};
  std::copy(bytes.begin(), bytes.end(),
            bytes_.begin() + static_cast<ptrdiff_t>(end_ % bytes_.size()));
  end_ += bytes.size();
}

bool PacketCache::holds(const Entry& entry, uint16_t sequence) const noexcept {
  return entry.size != 0 && entry.sequence == sequence && end_ - entry.position <= bytes_.size();
}

std::span<const uint8_t> PacketCache::resend(uint16_t sequence, int64_t now_ns,
                                             int64_t round_trip_ns) noexcept {
  Entry& entry = entry_of(sequence);
  if (!holds(entry, sequence) || entry.resends >= kMaxResends) return {};
  const int64_t repeat_ns = std::max(round_trip_ns, kMinRepeatNs);
  if (entry.resends > 0 && now_ns - entry.resent_ns < repeat_ns) return {};
  ++entry.resends;
  entry.resent_ns = now_ns;
  return std::span(bytes_).subspan(static_cast<size_t>(entry.position % bytes_.size()), entry.size);
}

void PacketCache::clear() noexcept {
  std::fill(entries_.begin(), entries_.end(), Entry{});
  end_ = 0;
}

}  // namespace veche::rtp
