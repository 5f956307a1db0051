// SPDX-License-Identifier: Apache-2.0
// How long a connection may take.
#pragma once

#include <cstdint>

namespace veche::http {

/// The server cuts a connection that is late: no client holds a descriptor for ever.
struct Deadlines {
  uint32_t handshake_ms = 10'000;  ///< TLS, from the accept.
  uint32_t receive_ms = 15'000;    ///< The whole request.
  uint32_t answer_ms = 60'000;     ///< The handler.
  uint32_t plugin_ms = 5'000;      ///< The handler of a plugin's route.
  uint32_t send_ms = 30'000;       ///< The response.
  uint32_t idle_ms = 75'000;       ///< Until the next request of a connection; told to clients.
  uint32_t ping_ms = 20'000;       ///< A WebSocket's client answers a ping before the next one.
  uint32_t heartbeat_ms = 15'000;  ///< Of an event stream that has nothing else to send.
};

}  // namespace veche::http
