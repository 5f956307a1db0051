// SPDX-License-Identifier: Apache-2.0
// Differences of counters, averaged.
#include "room/controller.hpp"

#include <algorithm>
#include <cmath>

#include "base/time.hpp"

namespace veche::room {
namespace {

/// Fewer packets say little: one lost of three is no loss of a third.
constexpr int64_t kTellingPackets = 50;
/// But what a quiet talker lost is told too, after this time.
constexpr int64_t kPatienceNs = 5 * kNsPerS;
/// Without reports the loss is that of another time.
constexpr int64_t kStaleNs = 10 * kNsPerS;

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
  loss_in_.update(now.lost_in, now.expected_in, now_ns);
  loss_out_.update(now.lost_out, now.expected_out, now_ns);
  last_ns_ = now_ns;
}

void SessionRates::Loss::update(int64_t lost, int64_t expected, int64_t now_ns) {
  const bool is_first = measured_ns_ == 0 || expected < expected_;
  const int64_t packets = expected - expected_;
  const int64_t waited_ns = now_ns - measured_ns_;
  if (!is_first && packets == 0 && waited_ns >= kStaleNs) part_ = 0;
  const bool is_telling = packets >= kTellingPackets || (packets > 0 && waited_ns >= kPatienceNs);
  if (!is_first && !is_telling) return;
  // Late packets make reports correct themselves downwards.
  const int64_t more = std::clamp<int64_t>(lost - lost_, 0, std::max<int64_t>(packets, 0));
  part_ = is_first ? 0 : static_cast<float>(more) / static_cast<float>(packets);
  lost_ = lost;
  expected_ = expected;
  measured_ns_ = now_ns;
}

}  // namespace veche::room
