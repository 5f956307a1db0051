// SPDX-License-Identifier: Apache-2.0
// Measures the delivery of one probe.
#include "rtp/bwe/probe_cluster.hpp"

#include <algorithm>

#include "rtp/bwe/delivery.hpp"
#include "rtp/bwe/link_state.hpp"

namespace veche::rtp {

void ProbeCluster::begin(uint8_t cluster, int64_t now_us) noexcept {
  *this = {};
  cluster_ = cluster;
  begin_us_ = end_us_ = now_us;
}

void ProbeCluster::sent(int64_t now_us) noexcept {
  ++packets_;
  end_us_ = now_us;
}

void ProbeCluster::add(const PacketResult& result) noexcept {
  const bool is_probe = result.cluster == cluster_;
  const bool is_within = result.sent_us >= begin_us_ && result.sent_us <= end_us_;
  if (packets_ == 0 || (!is_probe && !is_within)) return;
  if (result.fate == PacketFate::Lost) {
    lost_ += is_probe ? 1 : 0;
    lost_bytes_ += result.size;
  }
  if (result.fate == PacketFate::Unknown) unknown_ += is_probe ? 1 : 0;
  if (result.fate != PacketFate::Received) return;

  add_pair(result);
  if (!is_probe) return;
  const int64_t way_us = result.arrival_us - result.sent_us;
  if (received_ == 0) first_way_us_ = last_way_us_ = way_us;
  if (received_ == 1) first_way_us_ = std::min(first_way_us_, way_us);
  before_us_ = last_way_us_;
  last_way_us_ = way_us;
  ++received_;
}

void ProbeCluster::add_pair(const PacketResult& result) noexcept {
  const bool is_overtaken = has_last_ && result.arrival_us < last_arrival_us_;
  if (has_last_ && !result.follows_gap) {
    bytes_ += result.size;
    if (!is_overtaken) {
      sent_us_ += result.sent_us - last_sent_us_;
      arrived_us_ += result.arrival_us - last_arrival_us_;
    }
  }
  if (is_overtaken) return;
  has_last_ = true;
  last_sent_us_ = result.sent_us;
  last_arrival_us_ = result.arrival_us;
}

int64_t ProbeCluster::growth_us() const noexcept {
  return std::min(last_way_us_, before_us_) - first_way_us_;
}

uint32_t ProbeCluster::lost_beyond(uint32_t part) const noexcept {
  const uint64_t allowed = 1 + uint64_t{packets_} * part / LinkState::kOne;
  return lost_ > allowed ? lost_ - static_cast<uint32_t>(allowed) : 0;
}

uint32_t ProbeCluster::carried_bps(uint32_t floor) const noexcept {
  const int64_t taken_us = std::max(sent_us_, arrived_us_);
  const uint32_t sent_bps = rate_bps(bytes_ + lost_bytes_, taken_us);
  return std::min(before_loss(rate_bps(bytes_, taken_us), floor), sent_bps);
}

}  // namespace veche::rtp
