// SPDX-License-Identifier: Apache-2.0
// Counts what a lane hook must not do: allocate, free, lock and call the system. This program's
// malloc, free and pthread locks replace those of the C library.
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

/// [any] The violations that all guards have seen; "" if there are none. Names the place of the
/// first within the library at `path`.
std::string lane_violations(const std::string& path);
/// Forgets the violations.
void reset_lane_violations();

/// [any] Blocks of memory that the whole process has allocated now; 0 if the guard does not work.
int64_t live_allocations();

}  // namespace veche::tool
