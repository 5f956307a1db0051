// SPDX-License-Identifier: Apache-2.0
// The negotiated RTCP parameters of a session.
#pragma once

#include <cstdint>

namespace veche::media {

struct ReportSettings {
  uint32_t ssrc = 0;         ///< The SSRC of the server's own packets.
  uint8_t transport_cc = 0;  ///< Header extension id in the client's packets; 0: no feedback.
  bool nack = false;         ///< Both sides request lost packets, and resend them.
  uint32_t clock_rate = 48000;
};

}  // namespace veche::media
