// SPDX-License-Identifier: Apache-2.0
// The names of the paths.
#include "media/settings.hpp"

namespace veche::media {

const char* to_string(PathKind path) {
  switch (path) {
    case PathKind::Pipeline: return "pipeline";
    case PathKind::Wire: return "wire";
  }
  return "";
}

std::optional<PathKind> parse_path(std::string_view text) {
  for (const PathKind path : {PathKind::Pipeline, PathKind::Wire}) {
    if (text == to_string(path)) return path;
  }
  return {};
}

}  // namespace veche::media
