// SPDX-License-Identifier: Apache-2.0
// Paces probes and judges them.
#include "rtp/bwe/prober.hpp"

#include <algorithm>

namespace veche::rtp {
namespace {

/// At this rate a packet is sent every so often, if sizes allow.
constexpr int64_t kStepUs = 10'000;
constexpr int64_t kClusterUs = 50'000;
constexpr uint32_t kClusterPackets = 5;
/// A poll that is later than this leaves packets out instead of sending them in a row.
constexpr int64_t kLateUs = 20'000;
/// Without results for so long, feedback got lost.
constexpr int64_t kPatienceUs = 1'500'000;
/// Between probes that passed, so that the estimator's measures of the last one are in.
constexpr int64_t kRestUs = 500'000;
constexpr int64_t kFirstPauseUs = 1'000'000;
constexpr uint32_t kLongestPause = 2;  ///< Doublings of the first.
/// A proof that is followed by congestion within this time did not hold.
constexpr int64_t kWatchUs = 3'000'000;
/// Queue that a probe may leave. It is sent above the wish, so a bit of one is allowed.
constexpr int64_t kGrowthUs = 20'000;
/// The part of the probe's packets that may be lost beyond what the link loses now.
constexpr uint32_t kExcess = LinkState::kOne / 8;

/// Tried a bit above the wish, because a measure of exactly the wish would be below it half the
/// time.
uint32_t target_of(uint32_t wish_bps) noexcept { return wish_bps + wish_bps / 8; }

}  // namespace

void Prober::wish(uint32_t bps) noexcept {
  wish_bps_ = std::min(bps, kMostBps);
  if (wish_bps_ != 0) return;
  stage_ = Stage::Idle;
  left_ = 0;
}

bool Prober::may_begin(const LinkState& state) const noexcept {
  const bool is_wanted = wish_bps_ > state.capacity_bps;
  const bool is_answered = state.source == LinkSource::Feedback;
  const bool is_free = state.region == LinkRegion::Clear &&
                       state.queue_us <= std::max<uint32_t>(10'000, state.jitter_us);
  return is_wanted && is_answered && is_free && target_of(wish_bps_) > media_bps(state);
}

uint32_t Prober::media_bps(const LinkState& state) const noexcept {
  return state.used_bps - std::min(state.used_bps, sent_.bps());
}

void Prober::begin(Stage stage, int64_t now_us) noexcept {
  stage_ = stage;
  cluster_ = static_cast<uint8_t>(cluster_ == 255 ? 1 : cluster_ + 1);
  const int64_t lasting_us = stage == Stage::Cluster ? kClusterUs : kSustainUs;
  const int64_t bytes = int64_t{extra_bps_} * lasting_us / 8'000'000;
  size_ = static_cast<uint16_t>(
      std::clamp<int64_t>(int64_t{extra_bps_} * kStepUs / 8'000'000, kMinSize, kMaxSize));
  left_ = static_cast<uint32_t>(std::max<int64_t>(bytes / size_ + 1, kClusterPackets));
  interval_us_ = int64_t{size_} * 8'000'000 / extra_bps_;
  next_us_ = now_us;
  outcome_.begin(cluster_, now_us);
}

std::optional<ProbePacket> Prober::poll(int64_t now_us, const LinkState& state) noexcept {
  sent_.advance(now_us);
  watch_proof(state, now_us);
  if (now_us < next_us_) return std::nullopt;
  if (stage_ == Stage::Idle) {
    if (!may_begin(state)) return std::nullopt;
    const uint32_t target_bps = target_of(wish_bps_);
    extra_bps_ = target_bps - std::min(media_bps(state), target_bps - target_bps / 8);
    begin(Stage::Cluster, now_us);
  }
  if (state.region != LinkRegion::Clear) left_ = 0;  // What is out already is judged.
  if (left_ == 0) {
    if (now_us - last_sent_us_ > kPatienceUs) end(kFirstPauseUs, now_us);
    return std::nullopt;
  }
  --left_;
  next_us_ = std::max(next_us_ + interval_us_, now_us - kLateUs);
  last_sent_us_ = now_us;
  outcome_.sent(now_us);
  sent_.add(size_, now_us);
  return ProbePacket{.cluster = cluster_, .size = size_};
}

void Prober::end(int64_t pause_us, int64_t now_us) noexcept {
  stage_ = Stage::Idle;
  left_ = 0;
  next_us_ = now_us + pause_us;
}

void Prober::fail(int64_t now_us) noexcept {
  end(kFirstPauseUs << std::min(failures_, kLongestPause), now_us);
  ++failures_;
}

void Prober::watch_proof(const LinkState& state, int64_t now_us) noexcept {
  if (proven_us_ == 0) return;
  if (now_us - proven_us_ > kWatchUs) {
    proven_us_ = 0;
    failures_ = 0;
  } else if (state.region == LinkRegion::Congested) {
    proven_us_ = 0;
    fail(now_us);
  }
}

std::optional<uint32_t> Prober::on_feedback(std::span<const PacketResult> results,
                                            const LinkState& state, int64_t now_us) noexcept {
  if (stage_ == Stage::Idle) return std::nullopt;
  for (const PacketResult& result : results) outcome_.add(result);
  if (left_ > 0 || !outcome_.is_complete()) return std::nullopt;
  return judge(state, now_us);
}

std::optional<uint32_t> Prober::judge(const LinkState& state, int64_t now_us) noexcept {
  if (outcome_.is_unclear() && state.region == LinkRegion::Clear) {
    end(kFirstPauseUs, now_us);
    return std::nullopt;
  }
  const int64_t growth_us = kGrowthUs + state.jitter_us;
  const bool is_kept_up = state.region == LinkRegion::Clear && outcome_.growth_us() <= growth_us &&
                          outcome_.lost_beyond(state.loss + kExcess) == 0;
  if (stage_ == Stage::Cluster) {
    is_kept_up ? begin(Stage::Sustain, now_us) : fail(now_us);
    return std::nullopt;
  }
  // Even where it leaves a queue, what arrived is what the link carries.
  const uint32_t proven_bps = outcome_.carried_bps(state.loss_floor);
  if (is_kept_up && proven_bps >= wish_bps_) {
    end(kRestUs, now_us);
    proven_us_ = now_us;
  } else {
    fail(now_us);
  }
  return proven_bps;
}

}  // namespace veche::rtp
