// SPDX-License-Identifier: Apache-2.0
// Follows the least delay of a stream: the difference of arrival and sending without jitter.
#pragma once

#include <cstdint>

namespace veche::recording {

/// The offset between two clocks, of which each measurement is too large by a delay that is never
/// negative. It falls at once and rises slowly, so that it stays below the jitter and follows the
/// drift of the clocks. A sudden rise is not drift but a longer route, or a stalled clock of the
/// sender; the owner says which. One thread; time is an argument.
class DelayEnvelope {
 public:
  static constexpr int64_t kWindowNs = 5'000'000'000;
  /// More than drift and jitter change the least of a window.
  static constexpr int64_t kStepNs = 12'000'000;

  /// `offset_ns`: a measurement, too large by its delay. `at_ns` does not fall.
  void observe(int64_t at_ns, int64_t offset_ns) noexcept;
  /// Starts again with the next measurement; keeps what it has learnt of the drift.
  void reset() noexcept { is_started_ = false; }

  bool is_started() const noexcept { return is_started_; }
  /// Without the delay of routes that the owner has absorbed.
  int64_t offset_ns() const noexcept { return base_ns_; }
  /// The measurement that would mean that nothing has changed.
  int64_t expected_ns() const noexcept { return base_ns_ + route_ns_; }
  int64_t last_seen_ns() const noexcept { return last_ns_; }

  /// The least by which the last windows were too high; 0 if the last one was not.
  int64_t rise_ns() const noexcept { return high_windows_ > 0 ? rise_ns_ : 0; }
  /// The rise lasted for three windows.
  bool has_step() const noexcept { return high_windows_ >= kStepWindows; }
  /// Answers to a rise: the route became longer, by at most `most_ns`; or the clocks are further
  /// apart.
  void absorb(int64_t most_ns) noexcept;
  void follow() noexcept;
  int64_t absorbed_ns() const noexcept { return route_ns_; }
  /// What is absorbed beyond that is known to be too much: a fall takes it back.
  void expect_absorbed(int64_t route_ns) noexcept { known_route_ns_ = route_ns; }

 private:
  static constexpr int kStepWindows = 3;

  void fall(int64_t by_ns) noexcept;
  void end_window() noexcept;
  void bridge_pause(int64_t pause_ns) noexcept;
  void learn_drift() noexcept;

  bool is_started_ = false;
  int64_t base_ns_ = 0;
  int64_t route_ns_ = 0;
  int64_t known_route_ns_ = INT64_MAX;
  int route_back_windows_ = 0;  ///< Windows within which the longer route is being left.
  int64_t last_ns_ = 0;

  int64_t window_begin_ns_ = 0;
  int64_t window_least_ns_ = 0;
  int high_windows_ = 0;
  int64_t rise_ns_ = 0;

  int64_t tolerance_ns_ = kStepNs;  ///< More after a pause, in which the clocks drifted unseen.
  int64_t drift_since_ns_ = 0, drift_from_ns_ = 0;
  int64_t drift_ppb_ = 0;
  bool is_drift_known_ = false;
};

}  // namespace veche::recording
