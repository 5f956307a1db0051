// SPDX-License-Identifier: Apache-2.0
// Whether a lane is woken for each silent packet, or looks for them now and then.
#pragma once

#include <cstddef>
#include <cstdint>

namespace veche::media {

/// As network drivers do (Linux' NAPI): where much comes, looking costs less than being woken.
class Patience {
 public:
  /// So late is what is silent, at most: a fifth of what a packet of voice lasts.
  static constexpr int64_t kPauseNs = 4'000'000;
  /// So many in a pause are worth being patient.
  static constexpr size_t kMany = 3;

  /// After each look; `count`: what was there.
  void looked(size_t count, int64_t now_ns) noexcept;
  bool is_patient() const noexcept { return is_patient_; }
  /// When to look again, if nothing else wakes the lane; INT64_MAX: it is woken.
  int64_t due_ns() const noexcept { return is_patient_ ? pause_ends_ns_ : INT64_MAX; }

 private:
  size_t count_ = 0;
  int64_t pause_ends_ns_ = 0;
  bool is_patient_ = false;
};

}  // namespace veche::media
