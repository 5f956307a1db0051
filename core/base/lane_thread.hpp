// SPDX-License-Identifier: Apache-2.0
// Marks the threads that carry packets, so that whoever must not run there can tell.
#pragma once

namespace veche {

/// True on lanes. A lane sets it; tests that stand in for a lane do too.
inline thread_local bool is_lane_thread = false;

/// Stands in for a lane while it lives.
class AsLane {
 public:
  AsLane() noexcept : before_(is_lane_thread) { is_lane_thread = true; }
  ~AsLane() { is_lane_thread = before_; }
  AsLane(const AsLane&) = delete;
  AsLane& operator=(const AsLane&) = delete;

 private:
  const bool before_;
};

}  // namespace veche
