// SPDX-License-Identifier: Apache-2.0
// What a recording contains, and when it ends.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace veche::recording {

struct Plan {
  bool tracks = true;  ///< Each track goes into a file of its own.
  bool mix = false;    ///< The audio of all participants goes into one file.
  bool audio = true, video = true;
  std::vector<std::string> participants;  ///< Empty: all of them.
  int64_t max_duration_s = 0;             ///< 0: no limit.
  int64_t max_bytes = 0;                  ///< Of all files; 0: no limit.

  bool wants(std::string_view kind, std::string_view participant) const {
    if (kind == "audio" ? !audio : !video) return false;
    if (kind == "video" && !tracks) return false;
    return participants.empty() ||
           std::find(participants.begin(), participants.end(), participant) != participants.end();
  }
  /// The same, with these limits too.
  Plan within(int64_t duration_s, int64_t bytes) const {
    const auto stricter = [](int64_t a, int64_t b) {
      return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
    };
    Plan limited = *this;
    limited.max_duration_s = stricter(max_duration_s, duration_s);
    limited.max_bytes = stricter(max_bytes, bytes);
    return limited;
  }
};

}  // namespace veche::recording
