// SPDX-License-Identifier: Apache-2.0
// What a session has negotiated for its RTCP.
#pragma once

#include <cstdint>

namespace veche::media {

struct ReportSettings {
  uint32_t ssrc = 0;         ///< The server's own, in what it sends.
  uint8_t transport_cc = 0;  ///< Header extension of what the client sends; 0: no feedback.
  bool nack = false;         ///< Both sides ask for lost packets, and send them again.
  uint32_t clock_rate = 48000;
};

}  // namespace veche::media
