// SPDX-License-Identifier: Apache-2.0
// An event of the room layer on its way into the log.
#pragma once

#include "events/event.hpp"
#include "room/server.hpp"

namespace veche::events {

/// Without id and number, which the log assigns.
inline Event of_room(const room::Event& event) {
  return {.room = event.room,
          .incarnation = event.incarnation,
          .time_unix_ms = event.time_unix_ms,
          .type = event.type,
          .participant = event.participant,
          .data = event.data};
}

}  // namespace veche::events
