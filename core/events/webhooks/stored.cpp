// SPDX-License-Identifier: Apache-2.0
// To JSON and back, with tables of fields.
#include "events/webhooks/stored.hpp"

#include <type_traits>

#include "glib/checked_json.hpp"
#include "glib/fields.hpp"

namespace veche::events {
namespace {

using glib::elements_of;
using glib::Field;
using glib::Fields;
using glib::JsonWriter;

constexpr char kInteger[] = R"({"type": "integer"})";
constexpr char kText[] = R"({"type": "string"})";

/// An unsigned number: ids stay below 2^63.
template <class T, auto Member>
Field<T> number_field(const char* name) {
  return {
      name, kInteger,
      [](JsonNode* value, T& to) {
        to.*Member = static_cast<std::decay_t<decltype(to.*Member)>>(json_node_get_int(value));
      },
      [](JsonWriter& json, const T& from) { json.integer(static_cast<int64_t>(from.*Member)); }};
}

void read_waiting(JsonNode* list, Progress& to) {
  for (JsonNode* pair : elements_of(list)) {
    const std::vector<JsonNode*> numbers = elements_of(pair);
    to.position.waiting.push_back(
        {static_cast<uint64_t>(json_node_get_int(numbers[0])), json_node_get_int(numbers[1])});
  }
}

void write_waiting(JsonWriter& json, const Progress& from) {
  json.begin_array();
  for (const Position::Waiting& each : from.position.waiting) {
    json.begin_array().integer(static_cast<int64_t>(each.id));
    json.integer(each.failing_since_unix_ms).end_array();
  }
  json.end_array();
}

const Fields<Progress>& progress_fields() {
  static const Fields<Progress> fields{
      {"read", kInteger,
       [](JsonNode* value, Progress& to) {
         to.position.read = static_cast<uint64_t>(json_node_get_int(value));
       },
       [](JsonWriter& json, const Progress& from) {
         json.integer(static_cast<int64_t>(from.position.read));
       }},
      {"waiting", R"({"type": "array", "items": {"type": "array", "minItems": 2, "maxItems": 2,
          "items": {"type": "integer"}}})",
       read_waiting, write_waiting},
      glib::field<Progress, &Progress::refused>("refused", kText),
      glib::field<Progress, &Progress::url>("url", kText),
  };
  return fields;
}

const Fields<DeadLetter>& letter_fields() {
  static const Fields<DeadLetter> fields{
      number_field<DeadLetter, &DeadLetter::from>("from"),
      number_field<DeadLetter, &DeadLetter::to>("to"),
      glib::field<DeadLetter, &DeadLetter::type>("type", kText),
      glib::field<DeadLetter, &DeadLetter::room>("room", kText),
      number_field<DeadLetter, &DeadLetter::time_unix_ms>("time"),
      number_field<DeadLetter, &DeadLetter::dead_unix_ms>("dead"),
      number_field<DeadLetter, &DeadLetter::attempts>("attempts"),
      number_field<DeadLetter, &DeadLetter::status>("status"),
      glib::field<DeadLetter, &DeadLetter::reason>("reason", kText),
  };
  return fields;
}

template <class T>
std::string written(const Fields<T>& fields, const T& from) {
  JsonWriter json;
  json.begin_object();
  glib::write_fields(json, fields, from);
  return json.end_object().text();
}

template <class T>
std::optional<T> read(const Fields<T>& fields, const std::string& json) {
  const glib::JsonSchema schema = glib::schema_of(glib::object_schema("", fields));
  const auto object = glib::parse_object(json, schema);
  if (!object) return std::nullopt;
  T value;
  glib::read_fields(object.value.get(), fields, value);
  return value;
}

}  // namespace

std::string to_json(const Webhook& webhook) { return written(webhook_fields(), webhook); }
std::string to_json(const Progress& progress) { return written(progress_fields(), progress); }
std::string to_json(const DeadLetter& letter) { return written(letter_fields(), letter); }

std::optional<Webhook> read_webhook(const std::string& json) {
  return read(webhook_fields(), json);
}
std::optional<Progress> read_progress(const std::string& json) {
  return read(progress_fields(), json);
}
std::optional<DeadLetter> read_dead_letter(const std::string& json) {
  return read(letter_fields(), json);
}

}  // namespace veche::events
