// SPDX-License-Identifier: Apache-2.0
// Decides which of the oldest events go now. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace veche::events {

/// What may be kept; 0: no such limit.
struct RetentionLimits {
  int64_t age_ms = 0;
  int64_t bytes = 0;
  uint64_t events = 0;
};

/// What the log holds.
struct Holdings {
  int64_t bytes = 0;
  uint64_t events = 0;
};

struct KeptEvent {
  uint64_t id = 0;
  int64_t time_unix_ms = 0;
};

/// Events that go in one step, so that no step holds up a batch for long.
inline constexpr size_t kRetentionStep = 500;

/// How many of the `oldest`, which are by id and at most kRetentionStep, go now. Age counts from
/// the oldest on: one that a clock set back has made look older waits for those before it.
size_t count_to_drop(const RetentionLimits& limits, const Holdings& holdings,
                     std::span<const KeptEvent> oldest, int64_t now_unix_ms);

}  // namespace veche::events
