// SPDX-License-Identifier: Apache-2.0
// What a path does to packets besides its bottleneck: delay, loss, reordering, and radios that hold
// packets back; all from a seed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>

namespace veche::simulation {

struct PropagationModel {
  int64_t delay_ms = 50;
  int64_t jitter_ms = 0;     ///< Added, between 0 and this: packets overtake each other.
  double loss = 0;           ///< Of each packet, independently.
  double burst_loss = 0;     ///< Mean part that is lost in bursts (Gilbert-Elliott).
  double burst_packets = 5;  ///< Their mean length.
  int64_t hold_ms = 0;       ///< A radio holds packets back for this long,
  int64_t release_ms = 0;    ///< then lets them pass for this long.
  int64_t detour_ms = 0;     ///< From detour_from_us on, the way is longer by this.
  int64_t detour_from_us = 0;
};

class Propagation {
 public:
  Propagation(PropagationModel model, uint32_t seed) : model_(model), random_(seed) {}

  /// When a packet that leaves the bottleneck now arrives; nothing if it is lost.
  std::optional<int64_t> arrival_us(int64_t now_us) {
    if (is_lost()) return std::nullopt;
    std::uniform_int_distribution<int64_t> jitter_us(0, model_.jitter_ms * 1000);
    int64_t due_us = now_us + model_.delay_ms * 1000 + jitter_us(random_);
    if (model_.detour_ms > 0 && now_us >= model_.detour_from_us) due_us += model_.detour_ms * 1000;
    const int64_t cycle_us = (model_.hold_ms + model_.release_ms) * 1000;
    if (cycle_us > 0 && due_us % cycle_us < model_.hold_ms * 1000) {
      due_us += model_.hold_ms * 1000 - due_us % cycle_us;
    }
    if (model_.jitter_ms == 0) due_us = last_us_ = std::max(due_us, last_us_);
    return due_us;
  }

 private:
  bool is_lost() {
    std::uniform_real_distribution<> uniform(0, 1);
    if (model_.burst_loss > 0) {
      const double leave = 1 / model_.burst_packets;
      const double enter = leave * model_.burst_loss / (1 - model_.burst_loss);
      in_burst_ = in_burst_ ? uniform(random_) >= leave : uniform(random_) < enter;
      if (in_burst_) return true;
    }
    return uniform(random_) < model_.loss;
  }

  const PropagationModel model_;
  std::mt19937 random_;
  bool in_burst_ = false;
  int64_t last_us_ = 0;
};

}  // namespace veche::simulation
