// SPDX-License-Identifier: Apache-2.0
// Serves packets bit by bit, and drops as its discipline says.
#include "bottleneck.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace veche::simulation {
namespace {

constexpr size_t kMtu = 1500;
constexpr int64_t kTargetUs = 5'000, kIntervalUs = 100'000;

int64_t control_law(int64_t time_us, uint32_t drops) {
  return time_us + static_cast<int64_t>(static_cast<double>(kIntervalUs) / std::sqrt(drops));
}

}  // namespace

Bottleneck::Bottleneck(BottleneckModel model, Leave leave, Drop drop)
    : model_(std::move(model)),
      leave_(std::move(leave)),
      drop_(std::move(drop)),
      room_(std::max(static_cast<size_t>(model_.rates.front().bps / 8'000 *
                                         static_cast<double>(model_.queue_ms)),
                     2 * kMtu)),
      tokens_(static_cast<double>(room_)) {}

double Bottleneck::bps_at(int64_t time_us) const {
  double bps = model_.rates.front().bps;
  for (const RateStep& step : model_.rates) {
    if (step.from_us <= time_us) bps = step.bps;
  }
  return bps;
}

int64_t Bottleneck::next_change_us(int64_t time_us) const {
  for (const RateStep& step : model_.rates) {
    if (step.from_us > time_us) return step.from_us;
  }
  return std::numeric_limits<int64_t>::max();
}

void Bottleneck::send(const Packet& packet, int64_t now_us) {
  advance(now_us);
  if (model_.discipline == BottleneckModel::Discipline::Policer) return police(packet, now_us);
  if (queued_ + packet.size > room_) return drop_(packet, now_us);
  queued_ += packet.size;
  queue_.push_back({packet, now_us});
}

void Bottleneck::police(const Packet& packet, int64_t now_us) {
  if (tokens_ < packet.size) return drop_(packet, now_us);
  tokens_ -= packet.size;
  leave_(packet, now_us);
}

void Bottleneck::advance(int64_t now_us) {
  while (now_us_ < now_us) {
    const int64_t until_us = std::min(now_us, next_change_us(now_us_));
    const double bits_per_us = bps_at(now_us_) / 1e6;
    tokens_ = std::min(tokens_ + bits_per_us / 8 * static_cast<double>(until_us - now_us_),
                       static_cast<double>(room_));
    if (!on_wire_) {
      on_wire_ = take(now_us_);
      if (on_wire_) bits_left_ = on_wire_->size * 8.0;
    }
    if (!on_wire_) {
      now_us_ = until_us;
      continue;
    }
    const double needed_us = bits_per_us > 0 ? bits_left_ / bits_per_us : 1e15;
    const double available_us = static_cast<double>(until_us - now_us_);
    if (needed_us > available_us) {
      bits_left_ -= available_us * bits_per_us;
      now_us_ = until_us;
      continue;
    }
    now_us_ += static_cast<int64_t>(std::ceil(needed_us));
    leave_(*on_wire_, now_us_);
    on_wire_.reset();
  }
}

bool Bottleneck::must_drop(const Waiting& head, int64_t now_us) {
  if (now_us - head.since_us < kTargetUs || queued_ <= kMtu) {
    first_above_us_ = 0;
    return false;
  }
  if (first_above_us_ == 0) first_above_us_ = now_us + kIntervalUs;
  return now_us >= first_above_us_;
}

std::optional<Packet> Bottleneck::take(int64_t now_us) {
  const auto pop = [this] {
    const Waiting head = queue_.front();
    queue_.pop_front();
    queued_ -= head.packet.size;
    return head;
  };
  while (!queue_.empty()) {
    const Waiting head = pop();
    if (model_.discipline != BottleneckModel::Discipline::CoDel) return head.packet;
    const bool is_bad = must_drop(head, now_us);
    if (!is_bad) {
      dropping_ = false;
      return head.packet;
    }
    if (!dropping_) {
      dropping_ = true;
      const uint32_t recent = drops_ - last_drops_;
      drops_ = recent > 1 && now_us - drop_next_us_ < 16 * kIntervalUs ? recent : 1;
      last_drops_ = drops_;
      drop_next_us_ = control_law(now_us, drops_);
      drop_(head.packet, now_us);
    } else if (now_us >= drop_next_us_) {
      ++drops_;
      drop_next_us_ = control_law(drop_next_us_, drops_);
      drop_(head.packet, now_us);
    } else {
      return head.packet;
    }
  }
  return std::nullopt;
}

}  // namespace veche::simulation
