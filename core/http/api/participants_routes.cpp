// SPDX-License-Identifier: Apache-2.0
// Routes of participants: invite, list, read, change, remove, statistics.
#include "base/ids.hpp"
#include "base/time.hpp"
#include "glib/shown.hpp"
#include "http/api/api.hpp"
#include "http/api/bodies.hpp"
#include "http/api/paging.hpp"
#include "http/api/views.hpp"
#include "room/checks.hpp"

namespace veche::http {
namespace {

std::string random_name() {
  const glib::StringPtr uuid(g_uuid_string_random());
  return uuid.get();
}

struct Invited {
  const room::Participant& participant;
  const std::string& token;
  std::string path;
  std::vector<IceServerView> ice_servers;
};

const glib::Fields<Invited>& invitation_answer_fields() {
  using glib::shown;
  static const glib::Fields<Invited> fields{
      {"participant", participant_schema(), nullptr,
       [](glib::JsonWriter& json, const Invited& from) {
         write_participant(json, from.participant);
       }},
      shown<Invited>("token", "A join token.", [](const Invited& from) { return from.token; }),
      shown<Invited>("session_url", "Where the client posts its offer.",
                     [](const Invited& from) { return from.path + "/session"; }),
      shown<Invited>("events_url", "Where its WebSocket is.",
                     [](const Invited& from) { return from.path + "/events"; }),
      glib::shown_list<Invited>("ice_servers", "", ice_server_fields(), &Invited::ice_servers),
  };
  return fields;
}

Response invitation_response(Api& api, const room::Participant& participant, const JoinToken& token,
                             const std::string& signed_token) {
  const Invited invited{participant, signed_token, path_of(token.room, token.participant),
                        ice_servers_for(api.ice_servers, token.participant, unix_ms() / 1000)};
  return json_response(201, glib::object_text(invitation_answer_fields(), invited))
      .header("Location", invited.path);
}

room::ParticipantSettings settings_of(Api& api, const std::string& room,
                                      const std::string& participant) {
  const room::Room* found = api.rooms.find_room(room);
  return found ? found->settings_of(participant) : room::ParticipantSettings{};
}

/// Metadata that the participant did not get from this invitation stays out of a token that it
/// would make too large.
Result<std::string> mint(Api& api, const Request& request, JoinToken token, bool gives_metadata) {
  Result<std::string> text = api.auth.mint(*request.caller, token);
  if (gives_metadata || !text || text->size() <= kMaxTokenBytes) return text;
  token.settings.metadata = "{}";
  return api.auth.mint(*request.caller, token);
}

Response invite(Api& api, const Request& request) {
  Checked<Invitation> body = read_invitation(request.body, [&](const std::string& participant) {
    return settings_of(api, request.param("room"), participant);
  });
  if (!body) return problem(std::move(body.problems));
  Invitation& invitation = body.value;
  if (invitation.participant.empty()) invitation.participant = random_name();
  if (!is_valid_name(invitation.participant)) {
    return problem(FieldProblems{{"/id", "has to be 1 to 64 characters from A-Z a-z 0-9 _ . ~ -"}});
  }
  const int64_t issued_ms = api.rooms.revocations().issue(unix_ms());
  const JoinToken token{
      .room = request.param("room"),
      .participant = invitation.participant,
      .issued_ms = issued_ms,
      .expires_ms = issued_ms + invitation.token_ttl_s * 1000,
      .create_room = invitation.create_room,
      .settings = patched(settings_of(api, request.param("room"), invitation.participant),
                          invitation.given)};
  const Status allowed = room::check_settings(token.settings, api.rooms.limits());
  if (!allowed) return problem(allowed.error());
  // The token comes before the participant: it may fail, and others see the participant join.
  const bool gives_metadata = invitation.given.metadata.has_value();
  const Result<std::string> signed_token = mint(api, request, token, gives_metadata);
  if (!signed_token) return problem(signed_token.error());
  if (signed_token->size() > kMaxTokenBytes) {
    return problem(FieldProblems{
        {"/metadata", "is too large for a join token of at most 8 KiB; about 5.8 KiB of it fit"}});
  }
  const Result<room::Room*> room = api.rooms.find_or_create_room(token.room, token.create_room);
  if (!room) return problem(room.error());
  const auto participant = (*room)->invite(token.participant, invitation.given);
  if (!participant) return problem(participant.error());
  // Last: what comes before may have outdated the token.
  api.rooms.revocations().invite(token.room, token.participant, token.issued_ms);
  return invitation_response(api, **participant, token, *signed_token);
}

Response list_participants(Api& api, const Request& request) {
  const Result<room::Room*> room = find_room(api, request);
  if (!room) return problem(room.error());
  return list_page(request, "participants", (*room)->participants(), write_participant);
}

Response get_participant(Api& api, const Request& request) {
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  std::string json = participant_json(**participant);
  const EntityTag tag = tag_of(**participant, json);
  return conditional_response(request, tag, std::move(json));
}

std::optional<Response> refuse(const Request& request, const room::Participant& participant) {
  const EntityTag tag = tag_of(participant, participant_json(participant));
  return refuse_change(request, &tag);
}

Response patch_participant(Api& api, const Request& request) {
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  if (auto refused = refuse(request, **participant)) return std::move(*refused);
  Checked<room::ParticipantPatch> change =
      read_participant_patch(request.body, patchable_json(**participant));
  if (!change) return problem(std::move(change.problems));
  const Status updated = (*participant)->update(change.value);
  if (!updated) return problem(updated.error());
  std::string json = participant_json(**participant);
  const EntityTag tag = tag_of(**participant, json);
  return json_response(200, std::move(json)).header("ETag", tag.text());
}

constexpr char kRemovalQuery[] = R"({"properties": {
    "reason": {"type": "string", "maxLength": 256,
               "description": "For the client and the event, at most 256 bytes."},
    "allow_rejoin": {"type": "boolean", "default": false,
                     "description": "The participant's tokens stay good."}}})";

Response remove_participant(Api& api, const Request& request) {
  // Are its tokens still good after the removal?
  const Result<bool> may_rejoin = query_flag(request, "allow_rejoin");
  if (!may_rejoin) return problem(may_rejoin.error());
  const std::string reason = request.query_value("reason");
  if (Status status = room::check_reason(reason); !status) return problem(status.error());
  const std::string& name = request.param("participant");
  const auto participant = find_participant(api, request);
  if (participant) {
    if (auto refused = refuse(request, **participant)) return std::move(*refused);
  }
  // Of a participant that has just left, too: it would rejoin. But If-Match fails without one.
  const bool is_due = participant || request.conditions.if_match.empty();
  if (is_due && !*may_rejoin) {
    api.rooms.revocations().remove(request.param("room"), name, unix_ms());
  }
  if (!participant) return problem(participant.error());
  const Status removed =
      api.rooms.find_room(request.param("room"))->remove(name, room::EndReason::Removed, reason);
  return removed ? no_content() : problem(removed.error());
}

/// One of the rooms in which a participant of that name is.
struct Place {
  const room::Room& room;
  const room::Participant& participant;
};

const glib::Fields<Place>& place_fields() {
  using glib::shown;
  static const glib::Fields<Place> fields{
      shown<Place>("room", "", [](const Place& from) { return from.room.id(); }),
      shown<Place>("incarnation", "", [](const Place& from) { return from.room.incarnation(); }),
      shown<Place>(
          "state", "Of its session; ended: it has none.",
          [](const Place& from) { return room::to_string(from.participant.session_state()); },
          kSessionStates),
      shown<Place>(
          "joined_at", "",
          [](const Place& from) { return rfc3339(from.participant.joined_unix_ms()); },
          glib::kDateTime),
  };
  return fields;
}

Response where(Api& api, const Request& request) {
  const std::string& name = request.param("participant");
  return list_page(
      request, "rooms", api.rooms.rooms_of(name),
      [&](glib::JsonWriter& json, const room::Room& room) {
        glib::write_object(json, place_fields(), Place{room, *room.participants().at(name)});
      });
}

Response stats(Api& api, const Request& request) {
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  return json_response(200, statistics_json(**participant));
}

}  // namespace

void add_participant_routes(Router& router, Api& api) {
  const auto add = [&](const char* method, const std::string& tail, Access access, BodyKind body,
                       Response (*respond)(Api&, const Request&), Operation operation) {
    operation.tag = "Participants";
    router.add({.method = method,
                .pattern = "/v1/rooms/{room}/participants" + tail,
                .access = access,
                .body = body,
                .handler = at_once(
                    [&api, respond](const Request& request) { return respond(api, request); }),
                .operation = std::move(operation)});
  };
  const std::string one = participant_schema();
  add("GET", "", Access::ReadRooms, BodyKind::Nothing, list_participants,
      {.id = "listParticipants",
       .summary = "Lists the participants of a room",
       .outcomes = {{200, "A page of participants.", page_schema("participants", one)}},
       .problems = {404},
       .query = page_query(),
       .is_tagged = true});
  add("POST", "", Access::WriteRooms, BodyKind::Json, invite,
      {.id = "inviteParticipant",
       .summary = "Makes a participant, or changes one, and a join token for it",
       .outcomes = {{201, "What its client needs.",
                     glib::shown_schema(R"(, "title": "Invited")", invitation_answer_fields())}},
       .problems = {404, 409},
       .body = invitation_body_schema(),
       .example = R"({"id": "ann", "name": "Ann"})"});
  add("GET", "/{participant}", Access::ReadParticipant, BodyKind::Nothing, get_participant,
      {.id = "getParticipant",
       .summary = "Reads a participant",
       .outcomes = {{200, "The participant.", one}},
       .problems = {404},
       .is_tagged = true});
  add("PATCH", "/{participant}", Access::WriteRooms, BodyKind::MergePatch, patch_participant,
      {.id = "patchParticipant",
       .summary = "Changes what the patch names of a participant",
       .outcomes = {{200, "The changed participant.", one}},
       .problems = {404},
       .body = participant_body_schema(),
       .example = R"({"muted": true})",
       .is_tagged = true});
  add("DELETE", "/{participant}", Access::WriteRooms, BodyKind::Nothing, remove_participant,
      {.id = "removeParticipant",
       .summary = "Removes a participant, and revokes its tokens",
       .outcomes = {{204, "The participant is gone."}},
       .problems = {404},
       .query = kRemovalQuery,
       .is_tagged = true});
  add("GET", "/{participant}/stats", Access::ReadParticipant, BodyKind::Nothing, stats,
      {.id = "getParticipantStatistics",
       .summary = "Reads the counters of a participant's session",
       .outcomes = {{200, "Of the current session.", participant_statistics_schema()}},
       .problems = {404}});
  router.add(
      {.method = "GET",
       .pattern = "/v1/participants/{participant}",
       .access = Access::ReadRooms,
       .body = BodyKind::Nothing,
       .handler = at_once([&api](const Request& request) { return where(api, request); }),
       .operation = {.tag = "Participants",
                     .id = "findParticipant",
                     .summary = "Lists the rooms in which a participant of that name is",
                     .outcomes = {{200, "A page of rooms.",
                                   page_schema("rooms", glib::shown_schema("", place_fields()))}},
                     .query = page_query(),
                     .is_tagged = true}});
}

}  // namespace veche::http
