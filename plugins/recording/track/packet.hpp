// SPDX-License-Identifier: Apache-2.0
// One RTP packet of a track as the tap handed it over, taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace veche::recording {

struct Packet {
  int64_t arrival_ns = 0;             ///< On the system's monotonic clock.
  std::optional<int64_t> capture_ns;  ///< On the same clock: when its first sample was captured.
  uint32_t timestamp = 0;             ///< RFC 3550
  uint16_t sequence = 0;
  uint32_t ssrc = 0;
  bool marker = false;
  std::optional<uint8_t> level;  ///< RFC 6464: 0 is the loudest, 127 is silence.
  std::vector<uint8_t> payload;
};

}  // namespace veche::recording
