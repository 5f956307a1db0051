// SPDX-License-Identifier: Apache-2.0
// Counts what a lane hook must not do: allocate, free and lock. This program's malloc, free and
// pthread locks take the place of the C library's.
#pragma once

#include <cstdint>
#include <string>

namespace veche::tool {

/// False in builds with sanitizers, which need malloc for themselves.
bool lane_guard_works();

/// Watches this thread while it lives.
class LaneGuard {
 public:
  LaneGuard() noexcept;
  ~LaneGuard();
  LaneGuard(const LaneGuard&) = delete;
  LaneGuard& operator=(const LaneGuard&) = delete;
};

/// [any] What all guards have seen together; "" if nothing. Names the place of the first within the
/// library at `path`.
std::string lane_violations(const std::string& path);
/// Forgets it.
void reset_lane_violations();

/// [any] Pieces of memory that are allocated now, in the whole process; 0 if the guard does not
/// work.
int64_t live_allocations();

}  // namespace veche::tool
