// SPDX-License-Identifier: Apache-2.0
// A publisher with its own clock, and a network between it and the recording.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "recording/track/packet.hpp"

namespace veche::recording::testing {

constexpr int64_t kMs = 1'000'000, kSecond = 1'000'000'000;

enum class Jitter { None, Uniform, Exponential, Bursts };

struct TrackPlan {
  uint32_t seed = 1;
  double drift_ppm = 0;  ///< Of the publisher's sound card; positive: it is slow.
  Jitter jitter = Jitter::Uniform;
  double loss = 0.02;
  int64_t interval_ns = 20 * kMs;  ///< 400 ms: discontinuous transmission.
  int64_t seconds = 3600;
  /// From then on the route is longer by this delay.
  int64_t step_at_s = 0, step_ns = 0, step_until_s = 1 << 30;
  /// The publisher sends nothing: muted.
  int64_t mute_from_s = 0, mute_until_s = 0;
  /// The sound card stalls once: its timestamps do not count that time.
  int64_t slip_at_s = 0, slip_ns = 0;
  /// From then on packets have capture times, by reports every 5 s that have network jitter too.
  std::optional<int64_t> reports_from_s;
  int64_t encoder_ns = 0;  ///< In addition to the packet's own length.
};

/// A packet, and its capture time on the server's clock: the correct value of a track's clock,
/// apart from the shortest network delay, which is the same for all.
struct Sent {
  Packet packet;
  int64_t truth_ns = 0;
};

constexpr int64_t kShortestWayNs = 10 * kMs;
constexpr int64_t kPacketNs = 20 * kMs;

inline int64_t jitter_ns(Jitter shape, int64_t now_ns, std::mt19937& random) {
  const double unit = std::uniform_real_distribution<>(0, 1)(random);
  switch (shape) {
    case Jitter::None: return 0;
    case Jitter::Uniform: return static_cast<int64_t>(unit * 40 * kMs);
    case Jitter::Exponential:
      return static_cast<int64_t>(std::min(-std::log(1 - unit) * 13, 200.0) * kMs);
    case Jitter::Bursts: {
      // A radio that holds packets back for up to 37 ms, and releases them together.
      constexpr int64_t kBurstNs = 37 * kMs;
      return kBurstNs - now_ns % kBurstNs + static_cast<int64_t>(unit * 5 * kMs);
    }
  }
  return 0;
}

/// In order of arrival.
inline std::vector<Sent> simulate(const TrackPlan& plan) {
  std::mt19937 random(plan.seed);
  std::uniform_real_distribution<> unit(0, 1);
  std::vector<Sent> sent;
  const auto first_timestamp = static_cast<uint32_t>(random());
  uint16_t sequence = static_cast<uint16_t>(random());
  std::vector<int64_t> report_delays;
  int64_t next_report_ns = plan.reports_from_s.value_or(1 << 30) * kSecond;
  const auto route_ns = [&](int64_t at_ns) {
    const bool is_long = plan.step_ns > 0 && at_ns >= plan.step_at_s * kSecond &&
                         at_ns < plan.step_until_s * kSecond;
    return kShortestWayNs + (is_long ? plan.step_ns : 0);
  };
  for (int64_t counted_ns = 0;; counted_ns += plan.interval_ns) {
    const auto at = static_cast<int64_t>(double(counted_ns) * (1 + plan.drift_ppm * 1e-6));
    if (at >= plan.seconds * kSecond) break;
    if (at >= next_report_ns) {
      report_delays.push_back(route_ns(at) + jitter_ns(plan.jitter, at, random));
      if (report_delays.size() > 9) report_delays.erase(report_delays.begin());
      next_report_ns += 5 * kSecond;
    }
    if (at >= plan.mute_from_s * kSecond && at < plan.mute_until_s * kSecond) continue;
    ++sequence;
    if (unit(random) < plan.loss) continue;
    const bool has_slipped = plan.slip_ns > 0 && at >= plan.slip_at_s * kSecond;
    const int64_t ticks = (counted_ns - (has_slipped ? plan.slip_ns : 0)) / kMs * 48;
    Sent one;
    one.truth_ns = at;
    one.packet.sequence = sequence;
    one.packet.timestamp = first_timestamp + static_cast<uint32_t>(ticks);
    one.packet.arrival_ns = at + kPacketNs + plan.encoder_ns + route_ns(at) +
                            jitter_ns(plan.jitter, at + kPacketNs, random);
    if (!report_delays.empty()) {
      one.packet.capture_ns = at + *std::min_element(report_delays.begin(), report_delays.end());
    }
    sent.push_back(std::move(one));
  }
  std::stable_sort(sent.begin(), sent.end(), [](const Sent& a, const Sent& b) {
    return a.packet.arrival_ns < b.packet.arrival_ns;
  });
  return sent;
}

}  // namespace veche::recording::testing
