// SPDX-License-Identifier: Apache-2.0
// Counts of received and lost packets, and the floor that stays whatever the rate.
#include "rtp/bwe/loss_filter.hpp"

#include <algorithm>

#include "rtp/bwe/link_state.hpp"

namespace veche::rtp {
namespace {

/// Old bursts count half from then on.
constexpr uint32_t kManyBursts = 64;

}  // namespace

LossFilter::Slice* LossFilter::slice_at(int64_t at_us) noexcept {
  const int64_t index = at_us / slice_us_;
  newest_index_ = std::max(newest_index_, index);
  if (index < 0 || newest_index_ - index >= static_cast<int64_t>(kSlices)) return nullptr;
  Slice& slice = slices_[static_cast<size_t>(index) % kSlices];
  if (slice.index != index) slice = {.index = index};
  return &slice;
}

void LossFilter::add_received(uint32_t packets, int64_t at_us) noexcept {
  if (Slice* slice = slice_at(at_us)) slice->received += packets;
}

void LossFilter::add_lost(uint32_t packets, int64_t at_us) noexcept {
  if (Slice* slice = slice_at(at_us)) slice->lost += packets;
}

void LossFilter::recover(int64_t at_us) noexcept {
  Slice* slice = slice_at(at_us);
  if (slice == nullptr || slice->lost == 0) return;
  --slice->lost;
  ++slice->received;
}

void LossFilter::add_to_burst(uint16_t sequence) noexcept {
  const bool continues = bursts_ > 0 && static_cast<uint16_t>(last_lost_ + 1) == sequence;
  last_lost_ = sequence;
  ++burst_packets_;
  if (continues) return;
  if (++bursts_ < kManyBursts) return;
  bursts_ /= 2;
  burst_packets_ /= 2;
}

uint32_t LossFilter::part(const Slice& slice) noexcept {
  const uint64_t all = uint64_t{slice.received} + slice.lost;
  return all == 0 ? 0 : static_cast<uint32_t>(uint64_t{slice.lost} * LinkState::kOne / all);
}

LossFilter::Slice LossFilter::totals(size_t slices) const noexcept {
  const int64_t first = std::max(newest_index_ - static_cast<int64_t>(slices) + 1,
                                 slices == kSlices ? 0 : (restart_us_ + slice_us_ - 1) / slice_us_);
  Slice sum;
  for (const Slice& slice : slices_) {
    if (slice.index < first || slice.index > newest_index_) continue;
    sum.received += slice.received;
    sum.lost += slice.lost;
  }
  return sum;
}

uint32_t LossFilter::part_of_enough(const Slice& slice) noexcept {
  return slice.received + slice.lost < kPackets ? 0 : part(slice);
}

uint32_t LossFilter::newest() const noexcept { return part_of_enough(totals(kSlices / 2)); }

bool LossFilter::has_newest() const noexcept {
  const Slice sum = totals(kSlices / 2);
  return sum.received + sum.lost >= kPackets;
}

void LossFilter::learn(int64_t now_us, bool may_rise) noexcept {
  const int64_t index = now_us / slice_us_ / 2;
  if (index == learnt_index_) return;
  const Slice sum = totals(kSlices / 2);
  if (sum.received + sum.lost < kPackets) return;  // Silence says nothing.
  learnt_index_ = index;
  const uint32_t measured = part(sum);
  measurements_[next_measurement_] = may_rise ? measured : std::min(measured, floor_);
  next_measurement_ = (next_measurement_ + 1) % kMeasurements;
  floor_ = *std::min_element(measurements_.begin(), measurements_.end());
}

}  // namespace veche::rtp
