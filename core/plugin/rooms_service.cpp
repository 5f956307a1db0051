// SPDX-License-Identifier: Apache-2.0
// What veche.rooms/2 does in rooms, and its table.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/characters.hpp"
#include "base/time.hpp"
#include "glib/json.hpp"
#include "plugin/attributes_json.hpp"
#include "plugin/host_services.hpp"
#include "plugin/rooms_access.hpp"
#include "room/checks.hpp"

namespace veche::plugin {
namespace {

constexpr size_t kMaxEventData = size_t{256} * 1024;
constexpr size_t kMaxNotice = size_t{4} * 1024;
constexpr size_t kMaxMessage = size_t{4} * 1024;
constexpr size_t kMaxEventType = 64;

/// Null, with the reason in `status`.
room::Participant* find_participant(const veche_host* host, const char* room,
                                    const char* participant, const char* function,
                                    veche_status& status) {
  room::Room* found = find_room(host, room, function, status);
  if (!room || !participant) status = VECHE_E_INVALID;
  return found && participant ? found->find(participant) : nullptr;
}

veche_status to_status(const Status& done) {
  if (done) return VECHE_OK;
  return done.error().code == ErrorCode::InvalidArgument ? VECHE_E_INVALID : VECHE_E_INTERNAL;
}

veche_status set_muted(const veche_host* host, const char* room, const char* participant,
                       int32_t muted) {
  veche_status status = VECHE_OK;
  auto* person = find_participant(host, room, participant, "veche_rooms.set_muted", status);
  return person ? to_status(person->update({.muted_by_backend = muted != 0})) : status;
}

veche_status set_attributes(const veche_host* host, const char* room, const char* participant,
                            const char* json) {
  veche_status status = VECHE_OK;
  auto* person = find_participant(host, room, participant, "veche_rooms.set_attributes", status);
  if (status == VECHE_E_INVALID || !json) return VECHE_E_INVALID;
  auto attributes = read_attributes(json);
  if (!attributes) return VECHE_E_INVALID;
  return person ? to_status(person->update({.attributes = *std::move(attributes)})) : status;
}

veche_status set_pinned(const veche_host* host, const char* room, const char* participant,
                        const char* other, int32_t pinned) {
  veche_status status = VECHE_OK;
  auto* person = find_participant(host, room, participant, "veche_rooms.set_pinned", status);
  if (status == VECHE_E_INVALID || !other) return VECHE_E_INVALID;
  if (!person) return status;
  std::vector<std::string> all = person->pinned();
  std::erase(all, other);
  if (pinned != 0) all.emplace_back(other);
  return to_status(person->update({.pinned = std::move(all)}));
}

veche_status set_tag(const veche_host* host, const char* room, const char* participant,
                     uint64_t tag) {
  veche_status status = VECHE_OK;
  const auto* person = find_participant(host, room, participant, "veche_rooms.set_tag", status);
  if (!person) return status;
  room::Room* found = find_room(host, room, "", status);
  if (found->server().engine().selector_name() != Services::of(host)->name()) {
    return VECHE_E_UNSUPPORTED;
  }
  found->media().set_tag(person->number(), tag);
  return VECHE_OK;
}

veche_status remove(const veche_host* host, const char* room, const char* participant,
                    const char* detail) {
  veche_status status = VECHE_OK;
  const auto* person = find_participant(host, room, participant, "veche_rooms.remove", status);
  if (status == VECHE_E_INVALID) return status;
  const std::string reason = detail ? detail : "";
  if (Status checked = room::check_reason(reason); !checked) return VECHE_E_INVALID;
  if (!person) return status;
  room::Room* found = find_room(host, room, "", status);
  found->server().revocations().remove(found->id(), person->id(), unix_ms());
  return to_status(found->remove(person->id(), room::EndReason::Removed, reason));
}

uint64_t id_of(const veche_host* host, const char* room, const char* participant) {
  veche_status status = VECHE_OK;
  const auto* person = find_participant(host, room, participant, "veche_rooms.id_of", status);
  return person ? person->number().value : 0;
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

veche_status send(const veche_host* host, const char* room, const char* participant,
                  const char* json) {
  veche_status status = VECHE_OK;
  const auto* person = find_participant(host, room, participant, "veche_rooms.send", status);
  if (status == VECHE_E_INVALID || !json || !is_object(json, kMaxMessage)) return VECHE_E_INVALID;
  if (!person) return status;
  room::Room* found = find_room(host, room, "", status);
  const size_t told = found->send_message(person->id(), Services::of(host)->name(), json);
  return told > 0 ? VECHE_OK : VECHE_E_GONE;
}

}  // namespace

const veche_rooms kRoomsService = {.struct_size = sizeof(veche_rooms),
                                   .visit_rooms = visit_rooms,
                                   .visit_participants = visit_participants,
                                   .set_muted = set_muted,
                                   .set_tag = set_tag,
                                   .emit = emit,
                                   .announce = announce,
                                   .send = send,
                                   .remove = remove,
                                   .set_attributes = set_attributes,
                                   .set_pinned = set_pinned,
                                   .id_of = id_of,
                                   .visit_participant = visit_participant};

}  // namespace veche::plugin
