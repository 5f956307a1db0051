// SPDX-License-Identifier: Apache-2.0
// Webhooks and their dead letters as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "events/webhooks/endpoint.hpp"
#include "glib/json.hpp"

namespace veche::http {

/// All but the secrets.
void write_webhook(glib::JsonWriter& json, const events::Endpoint& endpoint);
void write_dead_letter(glib::JsonWriter& json, const events::DeadLetter& letter);
std::string test_json(const events::Outcome& outcome, int64_t took_ms);

/// The schemas of these, for the API's document.
std::string webhook_view_schema();
std::string dead_letter_schema();
std::string test_schema();

}  // namespace veche::http
