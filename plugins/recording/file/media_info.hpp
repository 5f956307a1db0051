// SPDX-License-Identifier: Apache-2.0
// How long a recorded file plays, by the file itself: for those whose writer was killed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace veche::recording {

struct MediaInfo {
  uint64_t bytes = 0;
  int64_t duration_ms = 0;
  std::string content_type;
};

/// Of a file made by MediaFile. Empty if it is not a regular file, or no Matroska with a known
/// size: whatever its bytes are, they are only read. Blocks; throws a Failure if reading fails.
std::optional<MediaInfo> media_info(int dir_fd, const std::string& name);

}  // namespace veche::recording
