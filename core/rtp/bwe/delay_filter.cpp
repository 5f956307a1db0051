// SPDX-License-Identifier: Apache-2.0
// Keeps the shortest way of 30 s and the luckiest packets of the newest interval.
#include "rtp/bwe/delay_filter.hpp"

#include <algorithm>
#include <cstdlib>

namespace veche::rtp {

int64_t DelayFilter::add(int64_t sent_us, int64_t arrival_us) noexcept {
  const int64_t way_us = arrival_us - sent_us;  // With the clocks' offset.
  shortest_.advance(sent_us);
  const bool jumps = slices_[newest_].packets > 0 && std::abs(way_us - last_way_us_) > kJumpUs;
  if (jumps) clear();
  if (slices_[newest_].packets > 0) {
    jitter_us_16_ += std::abs(way_us - last_way_us_) - jitter_us_16_ / 16;
    slope_.add(sent_us - last_sent_us_, way_us - last_way_us_);
  }
  last_way_us_ = way_us;
  last_sent_us_ = sent_us;
  shortest_.add(way_us, sent_us);
  add_to_slice(arrival_us, way_us);
  add_to_level(arrival_us, way_us);
  return way_us - *shortest_.best();
}

void DelayFilter::add_to_slice(int64_t arrival_us, int64_t way_us) noexcept {
  const int64_t index = arrival_us / kSliceUs;
  const bool goes_back = index + static_cast<int64_t>(kSlices) < slices_[newest_].index;
  if (goes_back) slices_.fill({});
  if (slices_[newest_].packets == 0 || index > slices_[newest_].index) {
    newest_ = (newest_ + 1) % kSlices;
    slices_[newest_] = {.index = index, .lowest_us = way_us, .packets = 0};
  }
  Slice& slice = slices_[newest_];
  slice.lowest_us = std::min(slice.lowest_us, way_us);
  ++slice.packets;
}

void DelayFilter::add_to_level(int64_t arrival_us, int64_t way_us) noexcept {
  const bool is_whole =
      level_packets_ >= kIntervalPackets && arrival_us - level_begin_us_ >= kLevelUs;
  if (is_whole && !longer_way_.add(level_us_, jitter_us())) slope_.restart();
  if (is_whole || level_packets_ == 0) {
    level_us_ = way_us;
    level_begin_us_ = arrival_us;
    level_packets_ = 0;
  }
  level_us_ = std::min(level_us_, way_us);
  ++level_packets_;
}

uint32_t DelayFilter::queue_us() const noexcept {
  const auto shortest = shortest_.best();
  if (!shortest) return 0;
  const Slice& newest = slices_[newest_];
  int64_t lowest_us = newest.lowest_us;
  uint32_t packets = 0;
  for (size_t i = 0; i < kSlices; ++i) {
    const Slice& slice = slices_[(newest_ + kSlices - i) % kSlices];
    const bool is_enough =
        packets >= kIntervalPackets && (newest.index - slice.index) * kSliceUs >= kIntervalUs;
    if (slice.packets == 0 || is_enough) break;
    lowest_us = std::min(lowest_us, slice.lowest_us);
    packets += slice.packets;
  }
  return packets < kIntervalPackets
             ? 0
             : static_cast<uint32_t>(std::max<int64_t>(lowest_us - *shortest, 0));
}

void DelayFilter::clear() noexcept {
  shortest_.clear();
  longer_way_.clear();
  slope_.restart();
  level_packets_ = 0;
  slices_.fill({});
  jitter_us_16_ = 0;
}

}  // namespace veche::rtp
