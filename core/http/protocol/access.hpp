// SPDX-License-Identifier: Apache-2.0
// What a route asks of its caller.
#pragma once

namespace veche::http {

/// The scopes and tokens that reach a route, besides the scope admin, which reaches every one.
enum class Access {
  Anybody = 1,
  ReadServer,       ///< read
  ReadRooms,        ///< rooms, read
  WriteRooms,       ///< rooms
  ReadParticipant,  ///< rooms, read, and the participant's own join token
  UseParticipant,   ///< rooms, and the participant's own join token
  Administer,       ///< admin
  ReadMetrics,      ///< metrics
};

}  // namespace veche::http
