// SPDX-License-Identifier: Apache-2.0
// Sums bytes and times of packets until they say something.
#include "rtp/bwe/delivery.hpp"

#include <algorithm>
#include <limits>

#include "rtp/bwe/link_state.hpp"

namespace veche::rtp {

uint32_t rate_bps(uint64_t bytes, int64_t time_us) noexcept {
  if (time_us <= 0) return 0;
  const uint64_t bps = bytes * 8'000'000 / static_cast<uint64_t>(time_us);
  return static_cast<uint32_t>(std::min<uint64_t>(bps, std::numeric_limits<uint32_t>::max()));
}

uint32_t before_loss(uint32_t bps, uint32_t floor) noexcept {
  const uint64_t kept = LinkState::kOne - std::min(floor, LinkState::kOne / 2);
  return static_cast<uint32_t>(std::min<uint64_t>(uint64_t{bps} * LinkState::kOne / kept,
                                                  std::numeric_limits<uint32_t>::max()));
}

std::optional<CarriedRate::Measure> CarriedRate::add(const PacketResult& result) noexcept {
  if (result.fate == PacketFate::Unknown || result.follows_gap) restart();
  if (result.fate == PacketFate::Unknown || result.fate == PacketFate::Recovered) {
    return std::nullopt;
  }
  if (packets_ > 0 && result.sent_us - last_sent_us_ > kPauseUs) restart();
  const bool is_lost = result.fate == PacketFate::Lost;
  if (packets_ == 0) {
    if (is_lost) return std::nullopt;
    packets_ = 1;
    first_sent_us_ = last_sent_us_ = result.sent_us;
    first_arrival_us_ = last_arrival_us_ = result.arrival_us;
    return std::nullopt;
  }
  ++packets_;
  last_sent_us_ = std::max(last_sent_us_, result.sent_us);
  (is_lost ? lost_ : delivered_) += result.size;
  if (!is_lost) last_arrival_us_ = std::max(last_arrival_us_, result.arrival_us);

  const int64_t sent_us = last_sent_us_ - first_sent_us_;
  if (is_lost || sent_us < kSpanUs || packets_ < kPackets) return std::nullopt;
  const int64_t taken_us = std::max(sent_us, last_arrival_us_ - first_arrival_us_);
  const Measure measure{
      .delivered_bps = rate_bps(delivered_, taken_us),
      .sent_bps = rate_bps(delivered_ + lost_, taken_us),
      .loss = static_cast<uint32_t>(lost_ * LinkState::kOne / (delivered_ + lost_))};
  restart();
  packets_ = 1;  // This packet starts the next measure's clocks.
  first_sent_us_ = last_sent_us_ = result.sent_us;
  first_arrival_us_ = last_arrival_us_ = result.arrival_us;
  return measure;
}

void BusyRate::add(const PacketResult& result, int64_t queue_us) noexcept {
  const int64_t busy_us = result.arrival_us - last_arrival_us_;
  const int64_t sent_us = result.sent_us - last_sent_us_;
  const bool has_pair = has_last_ && !result.follows_gap;
  if (has_pair && busy_us < 0) {  // It was overtaken: only its bytes count.
    bytes_ += result.size;
    return;
  }
  has_last_ = true;
  last_arrival_us_ = result.arrival_us;
  last_sent_us_ = result.sent_us;
  if (!has_pair) return;
  const bool was_waiting = sent_us >= 0 && queue_us >= busy_us;
  if (!was_waiting) return restart();
  bytes_ += result.size;
  busy_us_ += busy_us;
  sent_us_ += sent_us;
  ++packets_;
}

std::optional<BusyRate::Measure> BusyRate::take() noexcept {
  const int64_t excess_us = busy_us_ - sent_us_;
  const bool by_far = excess_us >= std::max(kExcessUs, sent_us_ / 4);
  if (packets_ < kPackets || busy_us_ < (by_far ? kShortSpanUs : kSpanUs)) return std::nullopt;
  const Measure measure{.bps = rate_bps(bytes_, busy_us_),
                        .sent_bps = rate_bps(bytes_, sent_us_),
                        .was_exceeded = excess_us >= std::max(kExcessUs, sent_us_ / 16),
                        .by_far = by_far};
  restart();
  return measure;
}

void BusyRate::restart() noexcept {
  packets_ = 0;
  bytes_ = 0;
  busy_us_ = sent_us_ = 0;
}

}  // namespace veche::rtp
