// SPDX-License-Identifier: Apache-2.0
// What operators see of webhooks.
#include "http/api/webhook_views.hpp"

#include <optional>

#include "glib/shown.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

using events::Endpoint;
using glib::Fields;
using glib::JsonWriter;
using glib::shown;

const char* webhook_state(const Endpoint& endpoint) {
  if (!endpoint.webhook().enabled) return "disabled";
  if (!endpoint.refused().empty()) return "refused";
  return endpoint.failure() ? "failing" : "active";
}

std::optional<std::string> time_of(int64_t unix_ms) {
  return unix_ms == 0 ? std::nullopt : std::optional(rfc3339(unix_ms));
}

std::optional<int> status_of(int status) {
  return status == 0 ? std::nullopt : std::optional(status);
}

constexpr char kStatus[] = "Of the receiver's answer; null: there was none.";
constexpr char kReason[] = "In words; empty: there is nothing to explain.";

const Fields<Endpoint::Failure>& failure_fields() {
  using F = Endpoint::Failure;
  static const Fields<F> fields{
      shown<F>(
          "time", "", [](const F& from) { return rfc3339(from.unix_ms); }, glib::kDateTime),
      shown<F>("event", "The id of the event.", &F::event),
      shown<F>("status", kStatus, [](const F& from) { return status_of(from.outcome.status); }),
      shown<F>("reason", kReason, [](const F& from) { return from.outcome.reason; }),
  };
  return fields;
}

const Fields<Endpoint>& endpoint_fields() {
  using E = Endpoint;
  static const Fields<E> fields{
      shown<E>("secrets_count", "Secrets themselves are never shown.",
               [](const E& from) { return from.webhook().secrets.size(); }),
      shown<E>("configured", "Does it stand in the configuration file?", &E::is_configured),
      shown<E>("state", "refused: the receiver answered 410.", webhook_state,
               R"("enum": ["active", "failing", "refused", "disabled"])"),
      glib::shown_object<E>("failure", "The last attempt, if it failed.", failure_fields(),
                            &E::failure),
      shown<E>("last_delivered_at", "",
               [](const E& from) { return time_of(from.last_delivered_unix_ms()); }),
      shown<E>("oldest_waiting_at", "Of the events that wait.",
               [](const E& from) { return time_of(from.oldest_unix_ms()); }),
      shown<E>("read", "The id of the last event that it has read.", &E::read),
      shown<E>("backlog", "How many events wait.", &E::backlog),
      shown<E>("dead_letters", "How many deliveries were given up.",
               [](const E& from) { return from.dead_letters().size(); }),
  };
  return fields;
}

const Fields<events::DeadLetter>& letter_fields() {
  using L = events::DeadLetter;
  static const Fields<L> fields{
      shown<L>("from", "The ids of the events, from here ...", &L::from),
      shown<L>("to", "... to here.", &L::to),
      shown<L>("type", "", &L::type),
      shown<L>("room", "", &L::room),
      shown<L>("time", "Of the event.", [](const L& from) { return time_of(from.time_unix_ms); }),
      shown<L>(
          "given_up_at", "", [](const L& from) { return rfc3339(from.dead_unix_ms); },
          glib::kDateTime),
      shown<L>("attempts", "", &L::attempts),
      shown<L>("status", kStatus, [](const L& from) { return status_of(from.status); }),
      shown<L>("reason", kReason, &L::reason),
  };
  return fields;
}

struct Test {
  const events::Outcome& outcome;
  int64_t took_ms;
};

const Fields<Test>& test_fields() {
  static const Fields<Test> fields{
      shown<Test>("delivered", "", [](const Test& from) { return from.outcome.is_delivered(); }),
      shown<Test>("status", kStatus,
                  [](const Test& from) { return status_of(from.outcome.status); }),
      shown<Test>("reason", kReason, [](const Test& from) { return from.outcome.reason; }),
      shown<Test>("duration_ms", "", &Test::took_ms),
  };
  return fields;
}

}  // namespace

void write_webhook(JsonWriter& json, const Endpoint& endpoint) {
  json.begin_object();
  glib::write_fields(json, events::open_webhook_fields(), endpoint.webhook());
  glib::write_fields(json, endpoint_fields(), endpoint);
  json.end_object();
}

std::string webhook_view_schema() {
  return glib::shown_schema(R"(, "title": "Webhook")", events::open_webhook_fields(),
                            endpoint_fields());
}

void write_dead_letter(JsonWriter& json, const events::DeadLetter& letter) {
  glib::write_object(json, letter_fields(), letter);
}

std::string dead_letter_schema() {
  return glib::shown_schema(R"(, "title": "DeadLetter")", letter_fields());
}

std::string test_json(const events::Outcome& outcome, int64_t took_ms) {
  return glib::object_text(test_fields(), Test{outcome, took_ms});
}

std::string test_schema() { return glib::shown_schema("", test_fields()); }

}  // namespace veche::http
