// SPDX-License-Identifier: Apache-2.0
// The floor under every forwarded packet: what SRTP and the socket alone cost on this machine.
#pragma once

#include "base/result.hpp"

namespace veche::load {

struct BareLoop {
  double seal_us = 0;     ///< Veche's own SRTP on OpenSSL, likewise.
  double protect_us = 0;  ///< libsrtp2, AES_CM_128_HMAC_SHA1_80, a packet of about 100 bytes.
  double send_us = 0;     ///< sendto() on loopback.
};

/// CPU time per packet. Takes about a second; not to be run beside a measurement.
Result<BareLoop> measure_bare_loop();

}  // namespace veche::load
