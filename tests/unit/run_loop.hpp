// SPDX-License-Identifier: Apache-2.0
// Runs a control loop until something has happened.
#pragma once

#include <cstdint>
#include <functional>

#include "glib/control_loop.hpp"

namespace veche::test {

/// The limit is for faults: a machine that is busy for some seconds is none.
inline constexpr uint32_t kPatience_ms = 30'000;

/// Asleep between events. False: it did not become true within `kPatience_ms`.
inline bool run_loop_until(glib::ControlLoop& loop, const std::function<bool()>& done) {
  bool is_late = false;
  const glib::Timer deadline = loop.once(kPatience_ms, [&is_late] { is_late = true; });
  while (!done()) {
    if (is_late) return false;
    loop.iterate(true);
  }
  return true;
}

}  // namespace veche::test
