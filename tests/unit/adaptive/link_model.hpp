// SPDX-License-Identifier: Apache-2.0
// A path to one client in steps of 100 ms: a rate with a queue, loss, and what the core says of it.
#pragma once

#include <veche/controller.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace veche::adaptive::test {

class LinkModel {
 public:
  static constexpr double kStepS = 0.1;

  uint32_t rate_bps = 0;       ///< 0: more than anybody sends.
  uint32_t longest_ms = 2000;  ///< Of the queue; what does not fit is lost.
  float random_loss = 0;
  uint32_t burst = 17;  ///< Of the random loss, in 1/16.
  bool has_feedback = true;

  /// One step in which `offered_bps` was sent and `wish_bps` was wanted.
  void step(double offered_bps, uint32_t wish_bps);
  void show(veche_controlled_session& session) const;
  double queue_ms() const { return queue_bits_ > 0 ? 1000 * queue_bits_ / rate_bps : 0; }
  uint32_t probes() const { return probes_; }

 private:
  void probe(uint32_t wish_bps);

  double queue_bits_ = 0;
  std::array<double, 10> offered_{}, carried_{}, dropped_{};  ///< The last second.
  size_t at_ = 0;
  double capacity_bps_ = 0;
  int next_probe_ = 0, probe_pause_ = 0;  ///< In steps.
  uint32_t probes_ = 0;
  int steps_ = 0;
};

}  // namespace veche::adaptive::test
