// SPDX-License-Identifier: Apache-2.0
// The lower bound for a forwarded packet: the cost of SRTP and the socket alone on this machine.
#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace veche::load {

/// CPU time per packet.
struct BareLoop {
  double seal_us = 0;     ///< Veche's own SRTP on OpenSSL, AES_CM_128_HMAC_SHA1_80.
  double protect_us = 0;  ///< The same with libsrtp2.
  double loop_us = 0;     ///< Seal and sendto() on loopback, always with the same key and socket.
  /// A room's traffic: sealed with each listener's own key and sent to its own socket, 32 with one
  /// sendmmsg() like the server, at the pace of real talk, while a thread reads.
  double fan_out_us = 0;
};

/// Takes about three seconds; must not run beside a measurement.
/// `talkers` of each room.
Result<BareLoop> measure_bare_loop(uint32_t listeners, uint32_t rooms, uint32_t talkers);

}  // namespace veche::load
