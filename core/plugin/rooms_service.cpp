// SPDX-License-Identifier: Apache-2.0
// The service veche.rooms/1.
#include <algorithm>
#include <string>
#include <string_view>

#include "base/characters.hpp"
#include "glib/fields.hpp"
#include "glib/json.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/host_services.hpp"
#include "plugin/services.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

constexpr size_t kMaxEventData = size_t{256} * 1024;
constexpr size_t kMaxNotice = size_t{4} * 1024;
constexpr size_t kMaxEventType = 64;

/// Null, with the reason in `status`, off control and before there are rooms.
room::Server* rooms_of(const veche_host* host, const char* function, veche_status& status) {
  const Services* services = Services::of(host);
  status = VECHE_E_INVALID;
  if (!services || !services->expect_control(function)) return nullptr;
  status = VECHE_E_GONE;
  return services->surroundings().rooms;
}

room::Room* find_room(const veche_host* host, const char* room, const char* function,
                      veche_status& status) {
  room::Server* rooms = rooms_of(host, function, status);
  return rooms && room ? rooms->find_room(room) : nullptr;
}

veche_status visit_rooms(const veche_host* host,
                         void (*visit)(void* data, const veche_room_info* room), void* data) {
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
    visit(data, &info);
  }
  return VECHE_OK;
}

void show(const room::Participant& participant, const std::string& room,
          void (*visit)(void* data, const veche_participant_info* participant), void* data) {
  std::vector<uint64_t> tracks;
  for (const room::TrackView& track : participant.tracks()) tracks.push_back(track.track);
  // Copies: the visitor may end the participant.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  std::string id = participant.id(), name = participant.name(),
              metadata = participant.settings().metadata;
  glib::JsonWriter attributes;
  glib::write_value(attributes, participant.settings().attributes);
  const std::string attributes_json = attributes.text();
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
  info.attributes = attributes_json.c_str();
  visit(data, &info);
}

veche_status visit_participants(const veche_host* host, const char* room,
                                void (*visit)(void* data, const veche_participant_info* info),
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
    if (participant) show(*participant, room_name, visit, data);
  }
  return VECHE_OK;
}

veche_status set_muted(const veche_host* host, const char* room, const char* participant,
                       int32_t muted) {
  veche_status status = VECHE_OK;
  room::Room* found = find_room(host, room, "veche_rooms.set_muted", status);
  if (status == VECHE_E_INVALID || !participant) return VECHE_E_INVALID;
  room::Participant* person = found ? found->find(participant) : nullptr;
  if (!person) return VECHE_E_GONE;
  return person->update({.muted_by_backend = muted != 0}) ? VECHE_OK : VECHE_E_INTERNAL;
}

veche_status request_key_frame(const veche_host* host, uint64_t track) {
  veche_status status = VECHE_OK;
  const room::Server* rooms = rooms_of(host, "veche_rooms.request_key_frame", status);
  if (!rooms) return status;
  for (const auto& [name, room] : rooms->rooms()) {
    for (const auto& [id, participant] : room->participants()) {
      const auto tracks = participant->tracks();
      // All tracks are audio.
      const bool found = std::any_of(tracks.begin(), tracks.end(),
                                     [&](const auto& each) { return each.track == track; });
      if (found) return VECHE_E_UNSUPPORTED;
    }
  }
  return VECHE_E_GONE;
}

/// "<plugin>.<what>"
bool is_event_type(std::string_view type, const std::string& plugin) {
  if (type.size() > kMaxEventType || !type.starts_with(plugin + ".")) return false;
  const std::string_view what = type.substr(plugin.size() + 1);
  return !what.empty() && std::all_of(what.begin(), what.end(), [](char c) {
    return is_lower(c) || is_digit(c) || c == '-' || c == '_';
  });
}

bool is_object(const char* json, size_t max_size) {
  if (strnlen(json, max_size + 1) > max_size) return false;
  const auto parsed = glib::parse_json(json);
  return parsed && JSON_NODE_HOLDS_OBJECT(parsed->get());
}

veche_status emit(const veche_host* host, const char* room, const char* participant,
                  const char* type, const char* data) {
  veche_status status = VECHE_OK;
  room::Server* rooms = rooms_of(host, "veche_rooms.emit", status);
  if (status == VECHE_E_INVALID || !room || !participant || !type || !data) return VECHE_E_INVALID;
  if (!is_event_type(type, Services::of(host)->name()) || !is_object(data, kMaxEventData)) {
    return VECHE_E_INVALID;
  }
  return rooms && rooms->emit(room, type, participant, data) ? VECHE_OK : VECHE_E_GONE;
}

veche_status announce(const veche_host* host, const char* room, const char* json) {
  veche_status status = VECHE_OK;
  room::Room* found = find_room(host, room, "veche_rooms.announce", status);
  if (status == VECHE_E_INVALID || !room || (json && !is_object(json, kMaxNotice))) {
    return VECHE_E_INVALID;
  }
  const std::string& plugin = Services::of(host)->name();
  if (room::is_snapshot_key(plugin)) return VECHE_E_INVALID;
  if (!found) return VECHE_E_GONE;
  found->announce(plugin, json ? std::optional<std::string>(json) : std::nullopt);
  return VECHE_OK;
}

}  // namespace

const veche_rooms kRoomsService = {.struct_size = sizeof(veche_rooms),
                                   .visit_rooms = visit_rooms,
                                   .visit_participants = visit_participants,
                                   .set_muted = set_muted,
                                   .request_key_frame = request_key_frame,
                                   .emit = emit,
                                   .announce = announce};

}  // namespace veche::plugin
