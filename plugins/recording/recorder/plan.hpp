// SPDX-License-Identifier: Apache-2.0
// What a recording shall contain, and when it ends.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace veche::recording {

struct Plan {
  bool tracks = true;  ///< Each track into a file of its own.
  bool mix = false;    ///< Everybody's audio into one file.
  bool audio = true, video = true;
  std::vector<std::string> participants;  ///< Empty: everybody.
  int64_t max_duration_s = 0;             ///< 0: no limit.
  int64_t max_bytes = 0;                  ///< Of all files; 0: no limit.

  bool wants(std::string_view kind, std::string_view participant) const {
    if (kind == "audio" ? !audio : !video) return false;
    if (kind == "video" && !tracks) return false;
    return participants.empty() ||
           std::find(participants.begin(), participants.end(), participant) != participants.end();
  }
};

}  // namespace veche::recording
