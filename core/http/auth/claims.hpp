// SPDX-License-Identifier: Apache-2.0
// What a join token claims beside its times and names: rights and settings as JSON. Pure.
#pragma once

#include <string>

#include "glib/checked_json.hpp"

namespace veche::http {

struct JoinToken;

/// Reads the optional claims; other claims, registered or private, are legal and ignored. Absent
/// claims are added to `claims` with their defaults. Returns what is wrong.
glib::FieldProblems read_claims(JsonNode* claims, JoinToken& token);

std::string claims_of(const JoinToken& token);

}  // namespace veche::http
