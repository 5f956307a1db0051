// SPDX-License-Identifier: Apache-2.0
// Bounds how often the same warning is written, so that a log stays readable when something fails a
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

/// The statement that writes a line. Its lines differ in names and numbers only.
struct LogPlace {
  const char* file;
  int line;

  static constexpr LogPlace here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

class LogLimit {
 public:
  static constexpr uint32_t kMost = 20;  ///< In one window.
  static constexpr int64_t kWindowNs = 10 * kNsPerS;

  /// A window that is over, and how many lines were held back in it.
  struct HeldBack {
    int level;
    std::string component;
    std::string message;  ///< The first one that was held back.
    uint64_t count;
  };

  /// False: it is counted, and not written. The lines of a plugin, whose places are not known, are
  /// bounded together.
  bool may_write(int level, std::string_view component, LogPlace place, std::string_view message,
                 int64_t now_ns);
  /// What was held back in windows that are over at `now_ns`, once.
  std::vector<HeldBack> take_ended(int64_t now_ns);

 private:
  using Key = std::tuple<std::string, std::string_view, int>;
  struct Window {
    int64_t began_ns;
    uint32_t written = 0;
    HeldBack held_back;
  };
  std::map<Key, Window> windows_;  ///< As many as components have places, at most.
};

}  // namespace veche
