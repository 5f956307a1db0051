// SPDX-License-Identifier: Apache-2.0
// Limits the rate of repeated lines, so that a log stays readable when something fails a
// thousand times. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/time.hpp"

namespace veche {

/// The statement that writes a line. Its lines differ only in names and numbers.
struct LogPlace {
  const char* file;
  int line;

  static constexpr LogPlace here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

class LogLimit {
 public:
  static constexpr uint32_t kMost = 20;        ///< Warnings and errors in one window.
  static constexpr uint32_t kMostInfo = 1000;  ///< Other lines: each is about another participant.
  static constexpr int64_t kWindowNs = 10 * kNsPerS;

  /// A window that has ended, and the number of lines that it suppressed.
  struct HeldBack {
    int level;
    std::string component;
    std::string message;  ///< The first suppressed line.
    uint64_t count;
  };

  /// False: the line is counted and must not be written. The lines of a plugin, whose places are
  /// not known, share one limit.
  bool may_write(int level, std::string_view component, LogPlace place, std::string_view message,
                 int64_t now_ns, uint32_t most = kMost);
  /// The windows that have ended at `now_ns`; each is reported once.
  std::vector<HeldBack> take_ended(int64_t now_ns);

 private:
  using Key = std::tuple<std::string, std::string_view, int>;
  struct Window {
    int64_t began_ns;
    uint32_t written = 0;
    HeldBack held_back;
  };
  std::map<Key, Window> windows_;  ///< At most one for each place of a component.
};

}  // namespace veche
