// SPDX-License-Identifier: Apache-2.0
// What operators see of webhooks.
#include "http/api/webhook_views.hpp"

#include "http/api/views.hpp"

namespace veche::http {
namespace {

using events::Endpoint;
using glib::JsonWriter;

const char* state_of(const Endpoint& endpoint) {
  if (!endpoint.webhook().enabled) return "disabled";
  if (!endpoint.refused().empty()) return "refused";
  return endpoint.failure() ? "failing" : "active";
}

void write_time(JsonWriter& json, int64_t unix_ms) {
  if (unix_ms == 0) {
    json.null();
  } else {
    json.string(rfc3339(unix_ms));
  }
}

void write_status(JsonWriter& json, int status) {
  if (status == 0) {
    json.null();
  } else {
    json.integer(status);
  }
}

void write_failure(JsonWriter& json, const Endpoint& endpoint) {
  const auto& failure = endpoint.failure();
  if (!failure) {
    json.null();
    return;
  }
  json.begin_object().key("time").string(rfc3339(failure->unix_ms));
  json.key("event").integer(static_cast<int64_t>(failure->event));
  write_status(json.key("status"), failure->outcome.status);
  json.key("reason").string(failure->outcome.reason).end_object();
}

}  // namespace

void write_webhook(JsonWriter& json, const Endpoint& endpoint) {
  json.begin_object();
  for (const auto& field : events::webhook_fields()) {
    if (field.name != "secrets") field.write(json.key(field.name), endpoint.webhook());
  }
  json.key("secrets_count").integer(static_cast<int64_t>(endpoint.webhook().secrets.size()));
  json.key("configured").boolean(endpoint.is_configured());
  json.key("state").string(state_of(endpoint));
  write_failure(json.key("failure"), endpoint);
  write_time(json.key("last_delivered_at"), endpoint.last_delivered_unix_ms());
  write_time(json.key("oldest_waiting_at"), endpoint.oldest_unix_ms());
  json.key("read").integer(static_cast<int64_t>(endpoint.read()));
  json.key("backlog").integer(static_cast<int64_t>(endpoint.backlog()));
  json.key("dead_letters").integer(static_cast<int64_t>(endpoint.dead_letters().size()));
  json.end_object();
}

void write_dead_letter(JsonWriter& json, const events::DeadLetter& letter) {
  json.begin_object();
  json.key("from").integer(static_cast<int64_t>(letter.from));
  json.key("to").integer(static_cast<int64_t>(letter.to));
  json.key("type").string(letter.type);
  json.key("room").string(letter.room);
  write_time(json.key("time"), letter.time_unix_ms);
  json.key("given_up_at").string(rfc3339(letter.dead_unix_ms));
  json.key("attempts").integer(letter.attempts);
  write_status(json.key("status"), letter.status);
  json.key("reason").string(letter.reason).end_object();
}

std::string test_json(const events::Outcome& outcome, int64_t took_ms) {
  JsonWriter json;
  json.begin_object().key("delivered").boolean(outcome.is_delivered());
  write_status(json.key("status"), outcome.status);
  json.key("reason").string(outcome.reason);
  return json.key("duration_ms").integer(took_ms).end_object().text();
}

}  // namespace veche::http
