// SPDX-License-Identifier: Apache-2.0
// The floor under every forwarded packet: what SRTP and the socket alone cost on this machine.
#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace veche::load {

/// CPU time per packet.
struct BareLoop {
  double seal_us = 0;     ///< Veche's own SRTP on OpenSSL, AES_CM_128_HMAC_SHA1_80.
  double protect_us = 0;  ///< libsrtp2, likewise.
  double loop_us = 0;  ///< Seal and sendto() on loopback, always with that key to the same socket.
  /// What a room needs: sealed with each listener's own key and sent to its own socket, 32 with one
  /// sendmmsg() as the server does, at the pace at which people talk, while a thread reads.
  double fan_out_us = 0;
};

/// Takes about three seconds; not to be run beside a measurement.
/// `talkers` of each room.
Result<BareLoop> measure_bare_loop(uint32_t listeners, uint32_t rooms, uint32_t talkers);

}  // namespace veche::load
