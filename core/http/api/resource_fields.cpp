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
      glib::field<ParticipantPatch, &ParticipantPatch::muted>(
          "muted", R"({"type": "boolean", "default": false,
              "description": "Nobody hears a muted participant."})"),
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
