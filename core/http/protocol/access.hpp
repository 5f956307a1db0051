// SPDX-License-Identifier: Apache-2.0
// The access that a route requires of its caller.
#pragma once

namespace veche::http {

/// The scopes and tokens that open a route; the scope admin opens every route.
enum class Access {
  Anybody = 1,
  ReadServer,       ///< read
  ReadRooms,        ///< rooms, read
  WriteRooms,       ///< rooms
  ReadRoster,       ///< rooms, read, and the join token of any participant of the room
  ReadParticipant,  ///< rooms, read, and the participant's own join token
  UseParticipant,   ///< rooms, and the participant's own join token
  EnterRoom,        ///< rooms, and any join token of the room
  Administer,       ///< admin
  ReadMetrics,      ///< metrics
};

}  // namespace veche::http
