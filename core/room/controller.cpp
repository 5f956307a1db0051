// SPDX-License-Identifier: Apache-2.0
// Differences of counters, averaged.
#include "room/controller.hpp"

#include <algorithm>
#include <cmath>

#include "base/time.hpp"

namespace veche::room {
namespace {

/// The part of the expected packets that was lost; late packets make reports correct themselves
/// downwards.
float part(int64_t lost, uint64_t arrived) {
  if (lost <= 0) return 0;
  return static_cast<float>(lost) / static_cast<float>(static_cast<uint64_t>(lost) + arrived);
}

}  // namespace

void SessionRates::Rate::update(uint64_t bytes, int64_t passed_ns) {
  // A counter that has fallen belongs to another session.
  const auto grown = static_cast<double>(bytes >= bytes_ ? bytes - bytes_ : bytes);
  bytes_ = bytes;
  const double passed_s = static_cast<double>(passed_ns) / static_cast<double>(kNsPerS);
  bps_ += (grown * 8 / passed_s - bps_) * (1 - std::exp(-passed_s));
}

void SessionRates::update(const media::SessionStatistics& now, int64_t now_ns) {
  const int64_t passed_ns = now_ns - last_ns_;
  if (last_ns_ != 0 && passed_ns <= 0) return;
  const bool first = last_ns_ == 0;
  slots_.resize(now.slot_bytes_sent.size());
  // Nothing was sent before the session was connected, a moment ago.
  const int64_t measured_ns = first ? kNsPerS : passed_ns;
  in_.update(now.bytes_received, measured_ns);
  out_.update(now.bytes_sent, measured_ns);
  for (size_t i = 0; i < slots_.size(); ++i) slots_[i].update(now.slot_bytes_sent[i], measured_ns);
  loss_in_ = first ? 0 : part(now.lost_in - lost_in_, now.packets_received - received_);
  const uint64_t sent = now.packets_sent - sent_;
  const int64_t lost_out = now.lost_out - lost_out_;
  // The client's report is about packets that were sent earlier.
  loss_out_ = first || sent == 0 ? 0 : std::min(1.0f, part(lost_out, sent));
  last_ns_ = now_ns;
  received_ = now.packets_received;
  sent_ = now.packets_sent;
  lost_in_ = now.lost_in;
  lost_out_ = now.lost_out;
}

}  // namespace veche::room
