// SPDX-License-Identifier: Apache-2.0
// Reads announcements and moderations.
#include "http/api/action_bodies.hpp"

#include "base/ids.hpp"
#include "glib/fields.hpp"
#include "room/checks.hpp"

namespace veche::http {
namespace {

using glib::FieldProblems;
using glib::Fields;
using glib::JsonPtr;
using glib::JsonSchema;

std::string names_schema(const char* minimum, const std::string& description) {
  return R"({"type": "array", "minItems": )" + std::string(minimum) + R"(, "maxItems": )" +
         std::to_string(kMostNamed) + R"(, "items": {"type": "string"}, "examples": [["ann"]],
      "description": ")" +
         description + "\"}";
}

/// What is wrong with the first name that is none.
FieldProblems check_names(const std::string& pointer,
                          const std::optional<std::vector<std::string>>& names) {
  if (!names) return {};
  for (size_t i = 0; i < names->size(); ++i) {
    const Status good = room::check_name("It", (*names)[i]);
    if (!good) return {{pointer + "/" + std::to_string(i), good.error().message}};
  }
  return {};
}

template <class T>
Checked<T> read(const std::string& body, const Fields<T>& fields, const JsonSchema& schema) {
  Checked<JsonPtr> object = glib::parse_object(body.empty() ? "{}" : body, schema);
  if (!object) return {{}, std::move(object.problems)};
  T value;
  glib::read_fields(object.value.get(), fields, value);
  return {std::move(value), {}};
}

const Fields<Announcement>& announcement_fields() {
  static const Fields<Announcement> fields{
      glib::json_field<Announcement, &Announcement::message>(
          "message", R"({"type": "object", "additionalProperties": true,
              "examples": [{"text": "Five minutes left"}],
              "description": "An object of at most 4 KiB, which clients get as it is."})"),
      glib::field<Announcement, &Announcement::participants>(
          "participants", names_schema("1", "Only their clients get it. Default: all clients."))};
  return fields;
}

const Fields<Moderation>& moderation_fields() {
  static const Fields<Moderation> fields{
      glib::field<Moderation, &Moderation::action>(
          "action", R"({"type": "string", "enum": ["mute", "unmute", "remove"],
              "description": "What happens to each of the participants."})"),
      glib::field<Moderation, &Moderation::participants>(
          "participants", names_schema("1", "The participants, unless there is except.")),
      glib::field<Moderation, &Moderation::except>(
          "except", names_schema("0", "All participants but these; [] for all.")),
      glib::field<Moderation, &Moderation::reason>(
          "reason", R"({"type": "string", "default": "", "maxLength": 256,
              "description": "For removed clients and events: at most 256 bytes."})"),
      glib::field<Moderation, &Moderation::allow_rejoin>("allow_rejoin",
                                                         R"({"type": "boolean", "default": false,
              "description": "Do the tokens of removed participants stay good?"})")};
  return fields;
}

FieldProblems check(const Moderation& order) {
  if (order.participants.has_value() == order.except.has_value()) {
    return {{"/participants", "give either participants or except"}};
  }
  if (const Status good = room::check_reason(order.reason); !good) {
    return {{"/reason", good.error().message}};
  }
  if (!order.removes() && !order.reason.empty()) return {{"/reason", "is of removals alone"}};
  if (!order.removes() && order.allow_rejoin) return {{"/allow_rejoin", "is of removals alone"}};
  FieldProblems problems = check_names("/participants", order.participants);
  return problems.empty() ? check_names("/except", order.except) : problems;
}

const JsonSchema& announcement_schema() {
  static const JsonSchema schema =
      glib::schema_of(glib::object_schema(R"(, "required": ["message"])", announcement_fields()));
  return schema;
}

const JsonSchema& moderation_schema() {
  static const JsonSchema schema =
      glib::schema_of(glib::object_schema(R"(, "required": ["action"])", moderation_fields()));
  return schema;
}

}  // namespace

std::string announcement_body_schema() { return glib::to_text(announcement_schema().root()); }
std::string moderation_body_schema() { return glib::to_text(moderation_schema().root()); }

Checked<Announcement> read_announcement(const std::string& body) {
  Checked<Announcement> checked = read(body, announcement_fields(), announcement_schema());
  if (!checked) return checked;
  checked.problems = check_names("/participants", checked.value.participants);
  if (checked.value.message.size() > room::kMaxAnnouncementBytes) {
    checked.problems.push_back({"/message", "is larger than 4 KiB"});
  }
  return checked;
}

Checked<Moderation> read_moderation(const std::string& body) {
  Checked<Moderation> checked = read(body, moderation_fields(), moderation_schema());
  if (checked) checked.problems = check(checked.value);
  return checked;
}

}  // namespace veche::http
