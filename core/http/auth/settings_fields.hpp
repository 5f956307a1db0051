// SPDX-License-Identifier: Apache-2.0
// The fields of tokens and of a participant's settings, which claims, invitations and patches
// share.
#pragma once

#include "glib/fields.hpp"
#include "room/types.hpp"

namespace veche::http {

/// `publish` and `subscribe`.
const glib::Fields<room::Permissions>& permission_fields();

/// T is a JoinToken or an Invitation.
template <class T>
glib::Field<T> create_room_field() {
  return glib::field<T, &T::create_room>("create_room", R"({"type": "boolean", "default": false,
      "description": "May the token make the room if it does not exist, even if rooms.auto_create is off?"})");
}

// S is room::ParticipantSettings, or room::ParticipantPatch, which has the same members.

template <class S>
glib::Field<S> name_field() {
  return glib::field<S, &S::name>("name", R"({"type": "string", "default": "", "examples": ["Ann"],
      "description": "For people. Empty: the id."})");
}

template <class S>
glib::Field<S> metadata_field() {
  return glib::json_field<S, &S::metadata>("metadata", R"({"type": "object", "default": {},
      "additionalProperties": true, "examples": [{"avatar": "blue"}],
      "description": "An object of at most 16 KiB, which other clients see."})");
}

template <class S>
glib::Field<S> attributes_field() {
  return glib::field<S, &S::attributes>("attributes", R"({"type": "object", "default": {},
      "additionalProperties": {"type": "string", "maxLength": 128},
      "examples": [{"role": "host"}],
      "description": "At most 16 texts of at most 128 bytes, by names of at most 32 characters. Other clients, events and selectors see them."})");
}

template <class S>
const glib::Fields<S>& slot_limit_fields() {
  static const std::string schema =
      R"({"type": "integer", "minimum": 0, "maximum": 1000, "default": 0})";
  static const glib::Fields<S> fields{
      glib::field<S, &S::max_audio_slots>("audio", schema),
      glib::field<S, &S::max_video_slots>("video", schema),
  };
  return fields;
}

template <class S>
glib::Field<S> slots_field() {
  return glib::object_field<S, slot_limit_fields<S>>(
      "slots", "How many slots may be in use; 0: as many as the offer has.");
}

template <class S>
glib::Field<S> permissions_field() {
  return glib::object_field<S, permission_fields, &S::permissions>(
      "permissions",
      "What the participant may do. Media that it may no longer send or receive stops at once.");
}

/// Of what makes a participant: a claim, an invitation.
template <class S>
glib::Field<S> muted_field() {
  return glib::field<S, &S::muted_by_backend>("muted", R"({"type": "boolean", "default": false,
      "description": "The backend mutes the participant: nobody hears it, whatever its client says."})");
}

}  // namespace veche::http
