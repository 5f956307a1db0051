// SPDX-License-Identifier: Apache-2.0
// Rooms and participants as JSON.
#include "http/api/views.hpp"

#include <functional>
#include <optional>

#include "glib/json.hpp"
#include "glib/shown.hpp"
#include "http/api/resource_fields.hpp"
#include "http/api/session_use.hpp"

namespace veche::http {
namespace {

using glib::Fields;
using glib::shown;
using glib::shown_list;
using glib::shown_object;
using room::Participant;
using room::Room;

constexpr char kMediaKinds[] = R"("enum": ["audio", "video"])";

/// The current values of all fields that a patch can change.
room::ParticipantPatch state_of(const room::Participant& participant) {
  const room::ParticipantSettings& settings = participant.settings();
  return {.name = participant.name(),
          .metadata = settings.metadata,
          .attributes = settings.attributes,
          .permissions = settings.permissions,
          .max_audio_slots = settings.max_audio_slots,
          .max_video_slots = settings.max_video_slots,
          .muted_by_backend = participant.muted_by_backend(),
          .muted_by_self = participant.muted_by_self(),
          .pinned = participant.pinned(),
          .blocked = participant.blocked()};
}

}  // namespace

namespace {

const Fields<Room>& room_shown() {
  static const Fields<Room> fields{
      shown<Room>("id", "Its name in paths.", &Room::id),
      shown<Room>("incarnation", "Tells the room from earlier and later rooms of the same name.",
                  &Room::incarnation),
      shown<Room>(
          "created_at", "", [](const Room& room) { return rfc3339(room.created_unix_ms()); },
          glib::kDateTime),
      shown<Room>("participants", "How many are in the room.",
                  [](const Room& room) { return room.participants().size(); }),
      {"notices",
       R"({"type": "object", "additionalProperties": {"type": "object", "additionalProperties": true},
           "examples": [{"stage": {"host": "ann"}}],
           "description": "The plugins' notices to the clients in the room, by plugin."})",
       nullptr,
       [](glib::JsonWriter& json, const Room& room) {
         json.begin_object();
         for (const auto& [plugin, notice] : room.notices()) json.key(plugin).verbatim(notice);
         json.end_object();
       }},
  };
  return fields;
}

}  // namespace

std::string room_schema() {
  return glib::shown_schema(std::string(R"(, "title": "Room")") + kPluginSettings, room_shown(),
                            room_fields<room::RoomPolicy>());
}

void write_room(glib::JsonWriter& json, const Room& room) {
  room::RoomPolicy policy = room.policy();
  policy.max_participants = room.max_participants();
  policy.path = policy.path.value_or(room.server().engine().default_path());
  policy.audio_packets_per_s = room.audio_rates().packets_per_s;
  policy.audio_bitrate_bps = room.audio_rates().bitrate_bps;
  json.begin_object();
  glib::write_fields(json, room_shown(), room);
  glib::write_fields(json, room_fields<room::RoomPolicy>(), policy);
  for (const auto& [plugin, settings] : policy.plugins) json.key(plugin).raw(settings);
  json.end_object();
}

std::string room_json(const room::Room& room) {
  glib::JsonWriter json;
  write_room(json, room);
  return json.text();
}

std::string patchable_json(const room::Participant& participant) {
  glib::JsonWriter json;
  json.begin_object();
  glib::write_fields(json, participant_fields(), state_of(participant));
  return json.end_object().text();
}

namespace {

/// T is a SlotView.
template <class T>
Fields<T> slot_fields() {
  using room::SlotView;
  return {
      shown<T>("mid", "Its section of the SDP.", &SlotView::mid),
      shown<T>("kind", "", &SlotView::kind, kMediaKinds),
      shown<T>("participant", "The one that is in the slot; empty: nobody.",
               &SlotView::participant),
      shown<T>("track", "Its track; 0: none.", &SlotView::track),
  };
}

const Fields<room::SlotState>& slot_state_fields() {
  using S = room::SlotState;
  static const Fields<S> fields = [] {
    Fields<S> all = slot_fields<S>();
    for (auto& row : slot_control_fields<S>(&S::control)) all.push_back(row);
    return all;
  }();
  return fields;
}

const Fields<Participant>& network_fields() {
  using P = Participant;
  static const Fields<P> fields{
      shown<P>(
          "quality", "As a controller judges it; unknown: there is none, or it does not know yet.",
          [](const P& from) { return room::to_string(from.network().quality); },
          R"("enum": ["unknown", "good", "fair", "poor"])"),
      shown<P>("reason", "What it follows; empty: nothing is held back.",
               [](const P& from) { return from.network().reason; }),
      shown<P>(
          "since", "Null: since the session began.",
          [](const P& from) {
            const int64_t since_ms = from.quality_since_unix_ms();
            return since_ms == 0 ? std::optional<std::string>() : rfc3339(since_ms);
          },
          glib::kDateTime),
  };
  return fields;
}

const Fields<room::TrackView>& track_fields() {
  using room::TrackView;
  static const Fields<TrackView> fields{
      shown<TrackView>("id", "", &TrackView::track),
      shown<TrackView>("mid", "Its section of the SDP.", &TrackView::mid),
      shown<TrackView>("kind", "", &TrackView::kind, kMediaKinds),
      shown<TrackView>("encrypted", "End to end, as its client says.", &TrackView::is_encrypted),
  };
  return fields;
}

const Fields<Participant>& participant_shown() {
  static const Fields<Participant> fields{
      shown<Participant>("id", "Its name in paths.", &Participant::id),
      shown<Participant>("muted_by_backend", "Is the backend's mute set?",
                         &Participant::muted_by_backend),
      shown<Participant>("muted_by_self", "Is the client's own mute set?",
                         &Participant::muted_by_self),
      shown<Participant>("source_number", "The CSRC of everything that the participant publishes.",
                         &Participant::source_number),
      shown<Participant>(
          "state", "Of its session; ended: it has none.",
          [](const Participant& from) { return room::to_string(from.session_state()); },
          kSessionStates),
      shown_list<Participant>("tracks", "What the participant publishes.", track_fields(),
                              &Participant::tracks),
      shown_list<Participant>("slot_state", "What fills each slot, and what is sent in it.",
                              slot_state_fields(), &Participant::slot_states),
      shown_object<Participant>("network", "How the client's network is.", network_fields(),
                                std::identity{}),
      shown_object<Participant>("join_phases_ms", kJoinPhases, join_phase_fields(),
                                &Participant::statistics),
      shown<Participant>(
          "joined_at", "", [](const Participant& from) { return rfc3339(from.joined_unix_ms()); },
          glib::kDateTime),
  };
  return fields;
}

}  // namespace

std::string participant_schema() {
  return glib::shown_schema(R"(, "title": "Participant")", participant_shown(),
                            participant_fields());
}

void write_participant(glib::JsonWriter& json, const Participant& participant) {
  json.begin_object();
  glib::write_fields(json, participant_shown(), participant);
  glib::write_fields(json, participant_fields(), state_of(participant));
  json.end_object();
}

std::string participant_json(const room::Participant& participant) {
  glib::JsonWriter json;
  write_participant(json, participant);
  return json.text();
}

void write_slot(glib::JsonWriter& json, const room::SlotView& slot) {
  static const Fields<room::SlotView> fields = slot_fields<room::SlotView>();
  glib::write_object(json, fields, slot);
}

EntityTag tag_of(const room::Room& room, const std::string& json) {
  return {room.created_unix_ms(), room.revision(), json};
}

EntityTag tag_of(const room::Participant& participant, const std::string& json) {
  // Source numbers are not reused soon, so they tell a participant from a later one of that name.
  return {participant.source_number(), participant.revision(), json};
}

}  // namespace veche::http
