// SPDX-License-Identifier: Apache-2.0
// What a join token claims of its participant beside its name: settings as JSON. Pure.
#pragma once

#include <string>

#include "glib/checked_json.hpp"
#include "room/types.hpp"

namespace veche::http {

struct JoinToken;

/// The optional claims; other claims, registered or private, are legal and ignored. Absent claims
/// are added to `claims` with their defaults.
glib::Checked<room::ParticipantSettings> settings_of_claims(JsonNode* claims);

std::string claims_of(const JoinToken& token);

}  // namespace veche::http
