// SPDX-License-Identifier: Apache-2.0
// Reported loss and hints, each with its hysteresis.
#include "adaptive/publisher.hpp"

#include <algorithm>

namespace veche::adaptive {
namespace {

/// Of IP, UDP, RTP with its extensions, and SRTP.
constexpr uint32_t kHeaderBytes = 56;
constexpr int64_t kHalfOfRecent = 10 * kSecond;
constexpr uint32_t kBitrateStep = 2'000;

uint32_t header_bps(uint32_t packet_ms) { return kHeaderBytes * 8 * 1000 / packet_ms; }

}  // namespace

void Publisher::measure(const veche_controlled_track& track, int64_t now_ns) {
  price_.add(track.bitrate_bps + track.packets_per_s * kHeaderBytes * 8, kHalfOfRecent, now_ns);
  payload_.add(track.bitrate_bps, kHalfOfRecent, now_ns);
  if (asked_.max_bitrate_bps == 0) unasked_price_bps_ = price_.get();
}

uint32_t Publisher::full_price_bps() const { return std::max(price_.get(), unasked_price_bps_); }

const Asked& Publisher::decide(const veche_controlled_track& track, const Audience& audience,
                               const Floors& floors, int64_t now_ns) {
  if (track.kind != VECHE_KIND_AUDIO) return asked_;
  report_loss(audience, floors, now_ns);
  if (floors.may_hint && (track.flags & VECHE_TRACK_HINTED) != 0) {
    hint(audience, floors, now_ns);
  } else {
    asked_.max_bitrate_bps = asked_.packet_ms = 0;
    asked_.dtx = false;
  }
  asked_.reason = asked_.packet_ms != 0 || asked_.dtx ? Reason::ListenerCongestion
                  : asked_.reported_loss > 0          ? Reason::ListenerLoss
                  : asked_.max_bitrate_bps != 0       ? Reason::Ceiling
                                                      : Reason::None;
  return asked_;
}

void Publisher::report_loss(const Audience& audience, const Floors& floors, int64_t now_ns) {
  const float least = asked_.reported_loss > 0 ? floors.least_loss / 2 : floors.least_loss;
  const float needed = audience.loss >= least ? audience.loss : 0;
  const bool has_to_hold = now_ns - loss_needed_ns_ < kHold;
  if (needed < asked_.reported_loss && has_to_hold) return;
  asked_.reported_loss = needed;
  loss_needed_ns_ = now_ns;
}

void Publisher::hint(const Audience& audience, const Floors& floors, int64_t now_ns) {
  const bool most_are_limited = audience.listeners > 0 && 2 * audience.limited > audience.listeners;
  Asked wanted;
  if (most_are_limited) wanted = fit_voice(audience.share_bps, floors.min_bitrate_bps);
  wanted.max_bitrate_bps = wanted.max_bitrate_bps != 0 && floors.max_bitrate_bps != 0
                               ? std::min(wanted.max_bitrate_bps, floors.max_bitrate_bps)
                               : std::max(wanted.max_bitrate_bps, floors.max_bitrate_bps);
  const auto as_number = [](uint32_t bps) { return bps == 0 ? UINT32_MAX : bps; };
  const bool is_lower = as_number(wanted.max_bitrate_bps) < as_number(asked_.max_bitrate_bps) ||
                        wanted.packet_ms > asked_.packet_ms || wanted.dtx > asked_.dtx;
  // The ceiling is no measure against congestion, so nothing is waited for.
  const bool is_ceiling = wanted.packet_ms == 0 && !wanted.dtx;
  const bool is_due = short_.holds(is_lower, kLower, now_ns);
  if (is_lower && !is_ceiling && !is_due) return;
  short_.holds(false, 0, now_ns);
  asked_.max_bitrate_bps = wanted.max_bitrate_bps;
  asked_.packet_ms = wanted.packet_ms;
  asked_.dtx = wanted.dtx;
}

Asked fit_voice(uint32_t share_bps, uint32_t min_bitrate_bps) {
  Asked asked{.dtx = true};
  for (const uint32_t packet_ms : {20U, 40U, 60U}) {
    const uint32_t headers = header_bps(packet_ms);
    const uint32_t payload = share_bps > headers ? share_bps - headers : 0;
    asked.packet_ms = packet_ms;
    asked.max_bitrate_bps = std::max(payload / kBitrateStep * kBitrateStep, min_bitrate_bps);
    if (payload >= std::max(min_bitrate_bps, headers)) break;
  }
  return asked;
}

uint32_t beyond_percentile(uint32_t listeners, uint32_t percent) {
  return static_cast<uint32_t>(uint64_t{listeners} * (100 - std::min(percent, 100U)) / 100);
}

}  // namespace veche::adaptive
