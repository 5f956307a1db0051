// SPDX-License-Identifier: Apache-2.0
// The fields of participants.
#include "http/api/resource_fields.hpp"

#include "http/auth/settings_fields.hpp"

namespace veche::http {

using room::ParticipantPatch;

const glib::Fields<ParticipantPatch>& participant_fields() {
  static const std::string names =
      R"({"type": "array", "items": {"type": "string"}, "default": [], "examples": [["bob"]],
          "description": "Names of participants that this one )";
  static const glib::Fields<ParticipantPatch> fields{
      name_field<ParticipantPatch>(),
      metadata_field<ParticipantPatch>(),
      attributes_field<ParticipantPatch>(),
      {"muted", R"({"type": "boolean", "default": false,
              "description": "Nobody hears a muted participant. A patch changes the backend's mute, not the client's own."})",
       [](JsonNode* value, ParticipantPatch& to) {
         bool& muted = to.muted_by_backend.emplace();
         if (value) glib::read_value(value, muted);
       },
       [](glib::JsonWriter& json, const ParticipantPatch& from) {
         json.boolean(glib::given(from.muted_by_backend) || from.muted_by_self.value_or(false));
       }},
      glib::field<ParticipantPatch, &ParticipantPatch::pinned>("pinned",
                                                               names + "always hears.\"}"),
      glib::field<ParticipantPatch, &ParticipantPatch::blocked>("blocked",
                                                                names + "never hears.\"}"),
      slots_field<ParticipantPatch>(),
      permissions_field<ParticipantPatch>(),
  };
  return fields;
}

}  // namespace veche::http
