// SPDX-License-Identifier: Apache-2.0
// What became of one packet of a transport, as its feedback tells.
#pragma once

#include <cstdint>

namespace veche::rtp {

enum class PacketFate : uint8_t {
  Received = 1,
  Lost,       ///< Feedback says that it did not arrive, and packets well behind it did.
  Unknown,    ///< No feedback covers it, and packets well behind it were reported.
  Recovered,  ///< Received after it was told to be lost: it was only late.
};

struct PacketResult {
  int64_t sent_us = 0;     ///< On the server's clock.
  int64_t arrival_us = 0;  ///< On the client's clock; only if it was received or recovered.
  uint16_t sequence = 0;   ///< Transport-wide.
  uint16_t size = 0;       ///< Bytes on the wire, with all headers.
  PacketFate fate = PacketFate::Unknown;
  uint8_t cluster = 0;       ///< The probe that it belongs to; 0: none.
  bool follows_gap = false;  ///< What became of the packets right before it is not known yet.
};

}  // namespace veche::rtp
