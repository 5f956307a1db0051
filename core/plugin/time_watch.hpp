// SPDX-License-Identifier: Apache-2.0
// Notices when a plugin's hooks exceed their time limits. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "plugin/hook_timer.hpp"

namespace veche::plugin {

/// For one plugin, to be asked once a second.
class TimeWatch {
 public:
  /// A busy machine makes single calls slow, whatever the plugin does.
  static constexpr uint64_t kTooMany = 10;
  static constexpr int64_t kWindowNs = 10 * kNsPerS;
  static constexpr int64_t kReportNs = 60 * kNsPerS;

  struct Verdict {
    std::string report;     ///< For the log, at most once in kReportNs; "": nothing.
    bool too_slow = false;  ///< kTooMany slow calls within kWindowNs.
  };
  Verdict look(const HookTimers& timers, int64_t now_ns);

 private:
  uint64_t seen_ = 0;
  uint64_t unreported_ = 0;
  std::optional<int64_t> reported_ns_;
  std::deque<std::pair<int64_t, uint64_t>> recent_;  ///< A time, and the number of slow calls.
};

}  // namespace veche::plugin
