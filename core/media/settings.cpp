// SPDX-License-Identifier: Apache-2.0
// The names of the paths.
#include "media/settings.hpp"

#include <algorithm>
#include <thread>

namespace veche::media {

const char* to_string(PathKind path) {
  switch (path) {
    case PathKind::Pipeline: return "pipeline";
    case PathKind::Wire: return "wire";
  }
  return "";
}

uint32_t default_lanes() {
  constexpr uint32_t kMost = 64;  // TrackFeed::wanted_lanes has a bit for each.
  return std::clamp(std::thread::hardware_concurrency(), 1u, kMost);
}

std::optional<PathKind> parse_path(std::string_view text) {
  for (const PathKind path : {PathKind::Pipeline, PathKind::Wire}) {
    if (text == to_string(path)) return path;
  }
  return {};
}

}  // namespace veche::media
