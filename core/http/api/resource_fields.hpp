// SPDX-License-Identifier: Apache-2.0
// The fields of the API's resources that clients can set: their schemas, readers and writers.
#pragma once

#include "glib/fields.hpp"
#include "media/settings.hpp"
#include "room/types.hpp"

namespace veche::http {

/// A number for which nothing stands for the server's.
template <class P, auto Member>
glib::Field<P> rate_field(const char* name, const char* schema) {
  return {name, schema,
          [](JsonNode* value, P& to) {
            to.*Member = value ? std::optional(static_cast<uint32_t>(json_node_get_int(value)))
                               : std::nullopt;
          },
          [](glib::JsonWriter& json, const P& from) { json.integer(glib::given(from.*Member)); }};
}

/// P is room::RoomPolicy, or room::RoomPatch, which has the same members. Every other member of a
/// room is the settings of the plugin of that name, which checks them itself.
template <class P>
const glib::Fields<P>& room_fields() {
  static const glib::Fields<P> fields{
      glib::field<P, &P::max_participants>("max_participants",
                                           R"({"type": "integer", "minimum": 1, "maximum": 1000000,
              "examples": [50],
              "description": "Default and bound: rooms.max_participants of the configuration."})"),
      glib::field<P, &P::empty_timeout_s>("empty_timeout_s",
                                          R"({"type": "integer", "minimum": 0, "maximum": 31536000,
              "examples": [60],
              "description": "A room without participants ends after this many seconds; 0: never. Default: rooms.empty_timeout_s of the configuration."})"),
      {"media_path", R"({"type": "string", "enum": ["wire", "pipeline"], "examples": ["wire"],
              "description": "How packets travel in sessions that begin from now on. Default: media.path of the configuration."})",
       [](JsonNode* value, P& to) {
         to.path = value ? media::parse_path(json_node_get_string(value)) : std::nullopt;
       },
       [](glib::JsonWriter& json, const P& from) {
         json.string(media::to_string(glib::given(from.path)));
       }},
      rate_field<P, &P::audio_packets_per_s>(
          "audio_packets_per_s",
          R"({"type": "integer", "minimum": 10, "maximum": 2000, "examples": [100],
              "description": "Packets a second that one audio track may send, in sessions that begin from now on; more are dropped. Default: rooms.audio_packets_per_s of the configuration."})"),
      rate_field<P, &P::audio_bitrate_bps>(
          "audio_bitrate_bps",
          R"({"type": "integer", "minimum": 16000, "maximum": 100000000, "examples": [400000],
              "description": "Bits a second of the same, RTP headers included. Default: rooms.audio_bitrate_bps of the configuration."})"),
      glib::json_field<P, &P::metadata>(
          "metadata", R"({"type": "object", "additionalProperties": true, "default": {},
              "examples": [{"topic": "standup"}],
              "description": "An object of at most 16 KiB, which the server only hands on."})"),
  };
  return fields;
}

/// The keyword for the members of a room that are the settings of plugins.
inline constexpr char kPluginSettings[] =
    R"(, "additionalProperties": {"type": "object", "additionalProperties": true,
         "description": "The settings of the plugin of that name, which checks them."})";

/// What a patch of a participant may name, and what its representation shows.
const glib::Fields<room::ParticipantPatch>& participant_fields();

}  // namespace veche::http
