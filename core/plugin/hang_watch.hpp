// SPDX-License-Identifier: Apache-2.0
// Notices calls of plugins that do not return, and says when the process must not wait for them.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "plugin/hook_mark.hpp"

namespace veche::plugin {

/// A call that takes this long hangs, as far as anybody can tell.
constexpr int64_t kHangNs = 2 * kNsPerS;

/// "selector.select has not returned for 7 s"
std::string describe_hang(const RunningHook& call, int64_t now_ns);

/// The oldest of the plugin's calls, if it hangs.
std::optional<RunningHook> find_hang(const std::vector<RunningHook>& running,
                                     const std::string& plugin, int64_t now_ns);

/// To be asked about once a second, on one thread that no plugin can hold up.
class HangWatch {
 public:
  static constexpr int64_t kMostBetweenNs = 60 * kNsPerS;

  struct Line {
    std::string plugin, text;
    bool has_returned = false;
  };
  /// What the log has to say: a call hangs, still hangs (after twice the time, and then once a
  /// minute), or has returned after all.
  std::vector<Line> look(const std::vector<RunningHook>& running, int64_t now_ns);

 private:
  using Call = std::pair<const HookLabel*, int64_t>;
  std::map<Call, int64_t> next_ns_;  ///< Calls that hang, and when to say so again.
};

/// When the process ends although a plugin does not return.
class EndWatch {
 public:
  /// Plugins finish files in stop() and destroy().
  static constexpr int64_t kMostNs = 5 * kNsPerS, kMostStopNs = 60 * kNsPerS;

  /// Somebody wants the process to end. The first call counts.
  void ask(int64_t now_ns) {
    if (!asked_ns_) asked_ns_ = now_ns;
  }
  /// From now on nothing waits for calls any more: what is left is to stop.
  void begin_stop(int64_t now_ns) {
    ask(now_ns);
    stopping_ns_ = now_ns;
  }
  /// The process has to end now, and this is its last line; nothing: it goes on.
  std::optional<std::string> look(const std::vector<RunningHook>& running, int64_t now_ns) const;

 private:
  std::optional<int64_t> asked_ns_, stopping_ns_;
};

}  // namespace veche::plugin
