// SPDX-License-Identifier: Apache-2.0
// What veche.rooms/2 shows of rooms and participants.
#include <string>
#include <vector>

#include "plugin/attributes_json.hpp"
#include "plugin/rooms_access.hpp"

namespace veche::plugin {
namespace {

/// What the visitor returns.
int32_t show(const room::Participant& participant, const std::string& room,
             ParticipantVisitor visit, void* data) {
  std::vector<uint64_t> tracks;
  for (const room::TrackView& track : participant.tracks()) tracks.push_back(track.track);
  // Copies: the visitor may end the participant.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  std::string id = participant.id(), name = participant.name(),
              metadata = participant.settings().metadata;
  const std::string attributes = attributes_json(participant.settings().attributes);
  veche_participant_info info{};
  info.struct_size = sizeof info;
  info.muted = participant.muted() ? 1 : 0;
  info.id = participant.number().value;
  info.room = room.c_str();
  info.participant = id.c_str();
  info.name = name.c_str();
  info.metadata = metadata.c_str();
  info.session = participant.session_number().value;
  info.tracks = tracks.data();
  info.track_count = static_cast<uint32_t>(tracks.size());
  info.attributes = attributes.c_str();
  return visit(data, &info);
}

}  // namespace

veche_status visit_rooms(const veche_host* host, RoomVisitor visit, void* data) {
  veche_status status = VECHE_OK;
  room::Server* rooms = rooms_of(host, "veche_rooms.visit_rooms", status);
  if (!visit || status == VECHE_E_INVALID) return VECHE_E_INVALID;
  if (!rooms) return VECHE_OK;     // There are none yet.
  std::vector<std::string> names;  // What the visitor changes does not disturb the visit.
  for (const auto& [name, room] : rooms->rooms()) names.push_back(name);
  for (const std::string& name : names) {
    const auto found = rooms->rooms().find(name);
    if (found == rooms->rooms().end()) continue;
    veche_room_info info{};
    info.struct_size = sizeof info;
    info.participant_count = static_cast<uint32_t>(found->second->participants().size());
    info.room = name.c_str();
    info.created_unix_ms = found->second->created_unix_ms();
    info.id = found->second->media().id().value;
    const std::string incarnation = found->second->incarnation();  // The visitor may end the room.
    info.incarnation = incarnation.c_str();
    if (visit(data, &info) != VECHE_VISIT_NEXT) break;
  }
  return VECHE_OK;
}

veche_status visit_participants(const veche_host* host, const char* room, ParticipantVisitor visit,
                                void* data) {
  veche_status status = VECHE_OK;
  const room::Room* found = find_room(host, room, "veche_rooms.visit_participants", status);
  if (!visit || status == VECHE_E_INVALID) return VECHE_E_INVALID;
  if (!found) return VECHE_E_GONE;
  const std::string room_name = room;
  std::vector<std::string> names;
  for (const auto& [name, participant] : found->participants()) names.push_back(name);
  for (const std::string& name : names) {
    room::Room* still = find_room(host, room_name.c_str(), "", status);
    room::Participant* participant = still ? still->find(name) : nullptr;
    if (participant && show(*participant, room_name, visit, data) != VECHE_VISIT_NEXT) break;
  }
  return VECHE_OK;
}

veche_status visit_participant(const veche_host* host, uint64_t id, ParticipantVisitor visit,
                               void* data) {
  veche_status status = VECHE_OK;
  const room::Server* rooms = rooms_of(host, "veche_rooms.visit_participant", status);
  if (!visit || status == VECHE_E_INVALID) return VECHE_E_INVALID;
  if (!rooms) return VECHE_E_GONE;
  const auto [room, participant] = rooms->find_participant(ParticipantId{id});
  if (!participant) return VECHE_E_GONE;
  const std::string room_name = room->id();
  show(*participant, room_name, visit, data);
  return VECHE_OK;
}

}  // namespace veche::plugin
