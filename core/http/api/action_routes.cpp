// SPDX-License-Identifier: Apache-2.0
// Routes that act on many participants of a room at once: announce, moderate.
#include "glib/fields.hpp"
#include "http/api/action_bodies.hpp"
#include "http/api/api.hpp"
#include "http/api/moderation.hpp"
#include "http/api/request_limits.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

constexpr char kAnnouncedSchema[] =
    R"({"type": "object", "required": ["clients", "absent"], "properties": {
    "clients": {"type": "integer", "description": "How many connections it was sent to."},
    "absent": {"type": "array", "items": {"type": "string"},
        "description": "Of those that were named, the ones that are not in the room."}}})";

std::string moderated_schema() {
  return R"({"type": "object", "required": ["results"], "properties": {"results": {"type": "array",
      "items": {"type": "object", "required": ["participant", "status"], "properties": {
          "participant": {"type": "string"},
          "status": {"type": "integer",
              "description": "What the participant's own route would have answered."},
          "problem": )" +
         problem_schema() + "}}}}}";
}

Response announce(Api& api, const Request& request) {
  const Result<room::Room*> room = find_room(api, request);
  if (!room) return problem(room.error());
  Checked<Announcement> body = read_announcement(request.body);
  if (!body) return problem(std::move(body.problems));
  const room::AnnouncementOutcome outcome =
      (*room)->send_announcement(body.value.message, body.value.participants);
  glib::JsonWriter json;
  json.begin_object().key("clients").integer(static_cast<int64_t>(outcome.clients));
  glib::write_value(json.key("absent"), outcome.absent);
  return json_response(200, json.end_object().text());
}

void moderate(Api& api, const Request& request, const Reply& reply) {
  const Result<room::Room*> room = find_room(api, request);
  if (!room) return reply(problem(room.error()));
  Checked<Moderation> body = read_moderation(request.body);
  if (!body) return reply(problem(std::move(body.problems)));
  ModerationRun::begin(api, **room, std::move(body.value), reply);
}

}  // namespace

void add_action_routes(Router& router, Api& api) {
  const auto add = [&](const char* pattern, Handler handler, Operation operation) {
    operation.tag = "Participants";
    operation.problems = {404};
    router.add({.method = "POST",
                .pattern = pattern,
                .access = Access::WriteRooms,
                .body = BodyKind::Json,
                .handler = std::move(handler),
                .operation = std::move(operation)});
  };
  add(kAnnouncePattern, at_once([&api](const Request& request) { return announce(api, request); }),
      {.id = "announce",
       .summary = "Sends a message to the clients in a room",
       .outcomes = {{200, "How many got it.", kAnnouncedSchema}},
       .body = announcement_body_schema(),
       .example = R"({"message": {"text": "Five minutes left"}})"});
  add("/v1/rooms/{room}/moderate",
      [&api](const Request& request, const Reply& reply) { moderate(api, request, reply); },
      {.id = "moderate",
       .summary = "Mutes, unmutes or removes many participants",
       .outcomes = {{200, "One result for each.", moderated_schema()}},
       .body = moderation_body_schema(),
       .example = R"({"action": "mute", "except": ["ann"]})"});
}

}  // namespace veche::http
