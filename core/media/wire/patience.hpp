// SPDX-License-Identifier: Apache-2.0
// Decides whether each silent packet wakes a lane, or the lane polls for them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace veche::media {

/// As in network drivers (Linux' NAPI): at high rates polling costs less than wake-ups.
class Patience {
 public:
  /// The maximum delay of a silent packet: a fifth of a voice packet's duration.
  static constexpr int64_t kPauseNs = 4'000'000;
  /// With at least this many packets in a pause, polling pays off.
  static constexpr size_t kMany = 3;

  /// To be called after each poll; `count`: the number of packets found.
  void looked(size_t count, int64_t now_ns) noexcept;
  bool is_patient() const noexcept { return is_patient_; }
  /// When to poll next if nothing else wakes the lane; INT64_MAX: packets wake it.
  int64_t due_ns() const noexcept { return is_patient_ ? pause_ends_ns_ : INT64_MAX; }

 private:
  size_t count_ = 0;
  int64_t pause_ends_ns_ = 0;
  bool is_patient_ = false;
};

}  // namespace veche::media
