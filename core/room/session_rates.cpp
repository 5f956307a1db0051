// SPDX-License-Identifier: Apache-2.0
// Differences of counters, averaged.
#include "room/session_rates.hpp"

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

void SessionRates::Rate::update(uint64_t count, const Step& step) {
  // A counter that has fallen belongs to another session.
  const auto grown = static_cast<double>(count >= count_ ? count - count_ : count);
  count_ = count;
  per_s_ += (grown * step.per_s - per_s_) * step.weight;
}

void SessionRates::update(const media::SessionStatistics& now, int64_t now_ns) {
  const int64_t passed_ns = now_ns - last_ns_;
  if (last_ns_ != 0 && passed_ns <= 0) return;
  // Nothing was sent before the session was connected, a moment ago.
  const double passed_s =
      last_ns_ == 0 ? 1 : static_cast<double>(passed_ns) / static_cast<double>(kNsPerS);
  const Step step{1 / passed_s, 1 - std::exp(-passed_s)};
  in_.update(now.bytes_received + now.packets_received * kBytesBelowRtp, step);
  out_.update(now.bytes_sent + now.packets_sent * kBytesBelowRtp, step);
  loss_in_.update(now.lost_in, now.expected_in, now_ns);
  loss_out_.update(now.lost_out, now.expected_out, now_ns);
  slots_.resize(now.slot_bytes_sent.size());
  for (size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].bits.update(now.slot_bytes_sent[i], step);
    if (i < now.slots.size()) {
      slots_[i].loss.update(now.slots[i].lost, now.slots[i].expected, now_ns);
    }
  }
  tracks_.resize(now.tracks.size());
  for (size_t i = 0; i < tracks_.size(); ++i) {
    tracks_[i].bits.update(now.tracks[i].bytes, step);
    tracks_[i].packets.update(now.tracks[i].packets, step);
    tracks_[i].loss.update(now.tracks[i].lost, now.tracks[i].expected, now_ns);
  }
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
