// SPDX-License-Identifier: Apache-2.0
// Routes of rooms: list, create or replace, read, change, delete.
#include "base/time.hpp"
#include "http/api/api.hpp"
#include "http/api/bodies.hpp"
#include "http/api/paging.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

Response represent_room(int status, const room::Room& room) {
  std::string json = room_json(room);
  const EntityTag tag = tag_of(room, json);
  return json_response(status, std::move(json)).header("ETag", tag.text());
}

std::optional<Response> refuse(const Request& request, const room::Room* room) {
  if (!room) return refuse_change(request, nullptr);
  const EntityTag tag = tag_of(*room, room_json(*room));
  return refuse_change(request, &tag);
}

/// A policy that replaces another: plugins that it does not name are reset.
room::RoomPatch replacement(room::RoomPolicy policy, const room::RoomPolicy& old) {
  for (const auto& [plugin, settings] : old.plugins) policy.plugins.emplace(plugin, "{}");
  return {policy.max_participants,    policy.empty_timeout_s,    policy.path,
          std::move(policy.metadata), std::move(policy.plugins), policy.audio_packets_per_s,
          policy.audio_bitrate_bps};
}

Response put_room(Api& api, const Request& request) {
  const std::string& name = request.param("room");
  Checked<room::RoomPolicy> policy = read_room(request.body, api.rooms.limits().empty_timeout_s);
  if (!policy) return problem(std::move(policy.problems));
  room::Room* existing = api.rooms.find_room(name);
  if (auto refused = refuse(request, existing)) return std::move(*refused);
  if (existing) {
    const Status updated =
        existing->update(replacement(std::move(policy.value), existing->policy()));
    return updated ? represent_room(200, *existing) : problem(updated.error());
  }
  const Result<room::Room*> made = api.rooms.create_room(name, std::move(policy.value));
  if (!made) return problem(made.error());
  return represent_room(201, **made).header("Location", "/v1/rooms/" + name);
}

Response get_room(Api& api, const Request& request) {
  const Result<room::Room*> room = find_room(api, request);
  if (!room) return problem(room.error());
  std::string json = room_json(**room);
  const EntityTag tag = tag_of(**room, json);
  return conditional_response(request, tag, std::move(json));
}

Response patch_room(Api& api, const Request& request) {
  const Result<room::Room*> room = find_room(api, request);
  if (!room) return problem(room.error());
  if (auto refused = refuse(request, *room)) return std::move(*refused);
  Checked<room::RoomPatch> change =
      read_room_patch(request.body, (*room)->policy(), api.rooms.limits().empty_timeout_s);
  if (!change) return problem(std::move(change.problems));
  const Status updated = (*room)->update(change.value);
  return updated ? represent_room(200, **room) : problem(updated.error());
}

Response remove_room(Api& api, const Request& request) {
  const Result<room::Room*> room = find_room(api, request);
  if (room) {
    if (auto refused = refuse(request, *room)) return std::move(*refused);
  }
  // Of a room that has just ended, too: a token could make it again. But If-Match fails without
  // one.
  if (room || request.conditions.if_match.empty()) {
    api.rooms.revocations().delete_room(request.param("room"), unix_ms());
  }
  const Status removed = api.rooms.remove_room(request.param("room"));
  return removed ? no_content() : problem(room ? removed.error() : room.error());
}

}  // namespace

void add_room_routes(Router& router, Api& api) {
  const auto add = [&](const char* method, const char* pattern, Access access, BodyKind body,
                       Response (*respond)(Api&, const Request&), Operation operation) {
    operation.tag = "Rooms";
    router.add({.method = method,
                .pattern = pattern,
                .access = access,
                .body = body,
                .handler = at_once(
                    [&api, respond](const Request& request) { return respond(api, request); }),
                .operation = std::move(operation)});
  };
  const std::string one = room_schema();
  add("GET", "/v1/rooms", Access::ReadRooms, BodyKind::Nothing,
      [](Api& from, const Request& request) {
        return list_page(request, "rooms", from.rooms.rooms(), write_room);
      },
      {.id = "listRooms",
       .summary = "Lists rooms",
       .outcomes = {{200, "A page of rooms.", page_schema("rooms", one)}},
       .query = page_query(),
       .is_tagged = true});
  add("PUT", "/v1/rooms/{room}", Access::WriteRooms, BodyKind::Json, put_room,
      {.id = "putRoom",
       .summary = "Creates a room, or replaces its policy",
       .outcomes = {{200, "The room, with its new policy.", one}, {201, "The new room.", one}},
       .body = room_body_schema(),
       .example = R"({"max_participants": 50, "metadata": {"topic": "standup"}})",
       .is_tagged = true});
  add("GET", "/v1/rooms/{room}", Access::ReadRooms, BodyKind::Nothing, get_room,
      {.id = "getRoom",
       .summary = "Reads a room",
       .outcomes = {{200, "The room.", one}},
       .problems = {404},
       .is_tagged = true});
  add("GET", "/v1/rooms/{room}/stats", Access::ReadRooms, BodyKind::Nothing,
      [](Api& from, const Request& request) {
        const Result<room::Room*> room = find_room(from, request);
        return room ? json_response(200, statistics_json(**room)) : problem(room.error());
      },
      {.id = "getRoomStatistics",
       .summary = "Adds up the counters of a room's sessions",
       .outcomes = {{200, "Of round trips and jitters the largest.", room_statistics_schema()}},
       .problems = {404}});
  add("PATCH", "/v1/rooms/{room}", Access::WriteRooms, BodyKind::MergePatch, patch_room,
      {.id = "patchRoom",
       .summary = "Changes what the patch names of a room",
       .outcomes = {{200, "The changed room.", one}},
       .problems = {404},
       .body = room_body_schema(),
       .example = R"({"metadata": {"topic": "retro"}})",
       .is_tagged = true});
  add("DELETE", "/v1/rooms/{room}", Access::WriteRooms, BodyKind::Nothing, remove_room,
      {.id = "deleteRoom",
       .summary = "Ends a room and all sessions in it, and revokes its tokens",
       .outcomes = {{204, "The room is gone."}},
       .problems = {404},
       .is_tagged = true});
}

}  // namespace veche::http
