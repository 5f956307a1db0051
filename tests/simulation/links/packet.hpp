// SPDX-License-Identifier: Apache-2.0
// A packet on a modelled link: its size and whose it is, but no bytes.
#pragma once

#include <cstdint>

namespace veche::simulation {

struct Packet {
  uint32_t flow = 0;    ///< The flow that sent it and receives it.
  uint32_t number = 0;  ///< The flow's own.
  uint16_t size = 0;    ///< Bytes on the wire.
  int64_t sent_us = 0;
};

/// A bit rate from a time on.
struct RateStep {
  int64_t from_us = 0;
  double bps = 0;
};

}  // namespace veche::simulation
