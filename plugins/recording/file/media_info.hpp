// SPDX-License-Identifier: Apache-2.0
// Measures a recorded file whose writer was killed: its size and duration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace veche::recording {

struct MediaInfo {
  uint64_t bytes = 0;
  int64_t duration_ms = 0;
  int64_t started_unix_ms = 0;  ///< When its first frame was recorded; 0: it does not say.
  std::string content_type;
};

/// Of a file made by MediaFile. Empty if it is not a regular file, or not Matroska of a known size.
/// Safe for hostile bytes. Blocks; throws a Failure if reading fails.
std::optional<MediaInfo> media_info(int dir_fd, const std::string& name);

}  // namespace veche::recording
