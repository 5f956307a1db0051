// SPDX-License-Identifier: Apache-2.0
// What the operator configures of the media layer. See docs/configuration.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace veche::media {

enum class PathKind { Pipeline = 1 };

struct Settings {
  std::vector<std::string> addresses{"127.0.0.1"};
  uint16_t first_port = 40000, last_port = 40999;
  uint32_t peer_timeout_s = 15;
  uint32_t lanes = 0;
};

}  // namespace veche::media
