// SPDX-License-Identifier: Apache-2.0
// Weighs measured and promised load.
#include "media/lane/lane_loads.hpp"

#include <algorithm>

namespace veche::media {
namespace {

/// What a session adds: see session_cost().
constexpr uint32_t kSessionPermille = 2;
constexpr int64_t kSmoothingS = 4;  // Roughly.

}  // namespace

void LaneLoads::note(std::span<const uint64_t> busy_ns, int64_t now_ns) {
  const int64_t passed_ns = now_ns - noted_ns_;
  const bool is_first = noted_ns_ == 0;
  if (!is_first && passed_ns <= 0) return;
  noted_ns_ = now_ns;
  for (uint32_t lane = 0; lane < busy_ns.size(); ++lane) {
    Load& load = at(lane);
    const auto grown_ns = static_cast<int64_t>(busy_ns[lane] - load.busy_ns);
    load.busy_ns = busy_ns[lane];
    if (is_first) continue;
    const int64_t permille = std::clamp<int64_t>(grown_ns * 1000 / passed_ns, 0, 1000);
    const int64_t step = permille - load.busy_permille;
    // Rounded away from zero, so that it arrives.
    const int64_t rounding = step < 0 ? 1 - kSmoothingS : kSmoothingS - 1;
    load.busy_permille += static_cast<uint32_t>((step + rounding) / kSmoothingS);
    load.is_hot = load.busy_permille >= (load.is_hot ? kCalmPermille : kHotPermille);
  }
}

uint32_t LaneLoads::calmest(uint32_t count) const {
  uint32_t best = 0;
  for (uint32_t lane = 0; lane < count; ++lane) {
    if (lane >= lanes_.size()) return lane;  // Nothing is known to be there.
    if (score(lanes_[lane]) < score(lanes_[best])) best = lane;
  }
  return best;
}

LaneLoads::Load& LaneLoads::at(uint32_t lane) {
  if (lane >= lanes_.size()) lanes_.resize(lane + 1);
  return lanes_[lane];
}

uint32_t LaneLoads::score(const Load& load) {
  // Empty rooms only tip the balance: they cost nothing yet.
  return load.busy_permille + load.sessions * kSessionPermille + load.rooms;
}

}  // namespace veche::media
