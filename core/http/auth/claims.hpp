// SPDX-License-Identifier: Apache-2.0
// What a join token claims of its participant beside its name: settings as JSON. Pure.
#pragma once

#include <string>

#include "glib/checked_json.hpp"
#include "room/types.hpp"

namespace veche::http {

struct JoinToken;

/// The optional claims; others, registered or private ones, are nobody's mistake and are left
/// alone. Absent claims are added to `claims` with their defaults.
glib::Checked<room::ParticipantSettings> settings_of_claims(JsonNode* claims);

std::string claims_of(const JoinToken& token);

}  // namespace veche::http
