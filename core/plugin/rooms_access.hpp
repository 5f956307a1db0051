// SPDX-License-Identifier: Apache-2.0
// How the functions of veche.rooms/2 reach rooms, and those that visit them.
#pragma once

#include <veche/host.h>

#include "plugin/services.hpp"
#include "room/server.hpp"

namespace veche::plugin {

/// Null, with the reason in `status`, off control and before there are rooms.
inline room::Server* rooms_of(const veche_host* host, const char* function, veche_status& status) {
  const Services* services = Services::of(host);
  status = VECHE_E_INVALID;
  if (!services || !services->expect_control(function)) return nullptr;
  status = VECHE_E_GONE;
  return services->surroundings().rooms;
}

/// Likewise if there is no such room.
inline room::Room* find_room(const veche_host* host, const char* room, const char* function,
                             veche_status& status) {
  room::Server* rooms = rooms_of(host, function, status);
  return rooms && room ? rooms->find_room(room) : nullptr;
}

using RoomVisitor = int32_t (*)(void* data, const veche_room_info* room);
using ParticipantVisitor = int32_t (*)(void* data, const veche_participant_info* participant);

veche_status visit_rooms(const veche_host* host, RoomVisitor visit, void* data);
veche_status visit_participants(const veche_host* host, const char* room, ParticipantVisitor visit,
                                void* data);
veche_status visit_participant(const veche_host* host, uint64_t id, ParticipantVisitor visit,
                               void* data);

}  // namespace veche::plugin
