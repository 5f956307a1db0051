// SPDX-License-Identifier: Apache-2.0
// Counts lines in windows that start with the first line.
#include "base/log_limit.hpp"

#include <utility>

namespace veche {

bool LogLimit::may_write(int level, std::string_view component, LogPlace place,
                         std::string_view message, int64_t now_ns, uint32_t most) {
  Window& window =
      windows_.try_emplace(Key{component, place.file, place.line}, Window{now_ns, 0, {}})
          .first->second;
  if (window.written < most) {
    ++window.written;
    return true;
  }
  if (window.held_back.count++ == 0) {
    window.held_back.level = level;
    window.held_back.component = component;
    window.held_back.message = message;
  }
  return false;
}

std::vector<LogLimit::HeldBack> LogLimit::take_ended(int64_t now_ns) {
  std::vector<HeldBack> ended;
  for (auto window = windows_.begin(); window != windows_.end();) {
    if (now_ns - window->second.began_ns < kWindowNs) {
      ++window;
      continue;
    }
    if (window->second.held_back.count > 0) ended.push_back(std::move(window->second.held_back));
    window = windows_.erase(window);
  }
  return ended;
}

}  // namespace veche
