// SPDX-License-Identifier: Apache-2.0
// Routes of a participant's session, in the shape of WHIP (RFC 9725): one round trip, offer to
// answer.
#include "http/api/session_routes.hpp"

#include "base/ids.hpp"
#include "base/time.hpp"
#include "glib/shown.hpp"
#include "http/api/views.hpp"
#include "http/protocol/conditional.hpp"
#include "http/protocol/problem.hpp"
#include "sdp/ice_fragment.hpp"

namespace veche::http {
namespace {

/// Names the ICE generation of a session (RFC 9725 section 4.3.1).
EntityTag ice_tag(const std::string& session, uint32_t generation) {
  return EntityTag("\"" + session + "." + std::to_string(generation) + "\"");
}

Response answered(const Result<room::SessionAnswer>& answer, const std::string& path,
                  const std::vector<IceServerView>& ice_servers) {
  if (!answer) return problem(answer.error());
  Response response{.status = 201, .content_type = "application/sdp", .body = answer->sdp};
  response.header("Location", path + "/" + answer->session);
  response.header("ETag", ice_tag(answer->session, 0).text());
  response.header("Accept-Patch", "application/trickle-ice-sdpfrag");
  add_links(response, ice_servers);
  return response;
}

void post_session(Api& api, const Request& request, const Reply& reply) {
  const std::string& name = request.param("participant");
  open_session(api, request,
               {.participant = name, .path = path_of(request.param("room"), name) + "/session"},
               reply);
}

Response delete_session(Api& api, const Request& request) {
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  const Status closed =
      (*participant)->close_session(request.param("session"), room::EndReason::Left);
  return closed ? no_content() : problem(closed.error());
}

constexpr char kHintsParameter[] = R"(, "hints": {"type": "boolean", "default": false,
    "description": "The client does what the message hint of its WebSocket asks."})";

using IceServers = std::vector<IceServerView>;

const glib::Fields<IceServers>& ice_servers_fields() {
  static const glib::Fields<IceServers> fields{glib::shown_list<IceServers>(
      "ice_servers", "", ice_server_fields(), [](const IceServers& servers) { return servers; })};
  return fields;
}

/// Of the participant alone, whether it is there or not: a client asks before it makes its offer.
Response ice_servers(const Api& api, const Request& request) {
  const std::string& name = request.param("participant");
  if (!is_valid_name(name)) return problem(400, "There can be no participant of this name.");
  const IceServers servers = ice_servers_for(api.ice_servers, name, unix_ms() / 1000);
  return json_response(200, glib::object_text(ice_servers_fields(), servers))
      .header("Cache-Control", "no-store");
}

Response restarted(const Result<room::IceAnswer>& ice, const std::string& session) {
  if (!ice) {
    const bool cannot = ice.error().code == ErrorCode::Unsupported;
    return cannot ? problem(422, ice.error().message) : problem(ice.error());
  }
  Response response{
      .status = 200, .content_type = "application/trickle-ice-sdpfrag", .body = ice->fragment};
  return response.header("ETag", ice_tag(session, ice->generation).text());
}

void patch_ice(Api& api, const Request& request, const Reply& reply) {
  const auto participant = find_participant(api, request);
  if (!participant) return reply(problem(participant.error()));
  patch_session(**participant, request.param("session"), request, reply);
}

}  // namespace

void open_session(Api& api, const Request& request, SessionOffer offer, const Reply& reply) {
  const Result<bool> is_encrypted = query_flag(request, "encrypted");
  const Result<bool> obeys_hints = query_flag(request, "hints");
  if (!is_encrypted) return reply(problem(is_encrypted.error()));
  if (!obeys_hints) return reply(problem(obeys_hints.error()));
  const std::optional<JoinToken>& token = request.caller->token;
  const Result<room::Room*> room =
      api.rooms.find_or_create_room(request.param("room"), token && token->create_room);
  if (!room) return reply(problem(room.error()));
  const room::ParticipantSettings settings = token ? token->settings : room::ParticipantSettings{};
  const bool is_new = !(*room)->find(offer.participant);
  const auto participant = (*room)->join(offer.participant, settings);
  if (!participant) return reply(problem(participant.error()));
  auto ice_servers = ice_servers_for(api.ice_servers, offer.participant, unix_ms() / 1000);
  // The answer may come after this server is gone, so the callback owns all that it needs.
  (*participant)
      ->open_session(request.body,
                     [reply, path = std::move(offer.path), ice_servers = std::move(ice_servers)](
                         const Result<room::SessionAnswer>& answer) {
                       reply(answered(answer, path, ice_servers));
                     },
                     {.client = offer.client,
                      .has_room = is_new,
                      .is_encrypted = *is_encrypted,
                      // Others have no WebSocket that could ask.
                      .obeys_hints = *obeys_hints && offer.client == room::ClientKind::Full});
}

void patch_session(room::Participant& participant, const std::string& session,
                   const Request& request, const Reply& reply) {
  if (participant.session_name() != session) {
    return reply(problem(404, "The participant has no such session; it ended or was replaced."));
  }
  const auto ice = sdp::parse_ice_fragment(request.body);
  if (!ice) return reply(problem(ice.error()));
  // Without new credentials there are only candidates, which change nothing: the server learns what
  // it needs from the client's connectivity checks.
  const bool restarts = !ice->ufrag.empty() && ice->ufrag != participant.ice_ufrag();
  const std::string& if_match = request.conditions.if_match;
  if (if_match.empty()) {
    // Players leave it out (whip-whep does), and their ufrag names the generation as well.
    const bool is_known = participant.client() == room::ClientKind::Player && !ice->ufrag.empty();
    if (is_known && !restarts) return reply(no_content());
    return reply(
        problem(428, "If-Match is missing: the ETag of the session, or * to restart ICE."));
  }
  if (!ice_tag(session, participant.ice_generation()).matches(if_match)) {
    return reply(problem(412, "If-Match does not name the session's current ICE generation."));
  }
  if (!restarts) return reply(no_content());
  participant.restart_ice(ice->ufrag, [reply, session](const Result<room::IceAnswer>& answer) {
    reply(restarted(answer, session));
  });
}

void add_session_routes(Router& router, Api& api) {
  const auto add = [&](const char* method, const std::string& tail, BodyKind body, Handler handler,
                       Operation operation) {
    operation.tag = "Sessions";
    router.add({.method = method,
                .pattern = "/v1/rooms/{room}/participants/{participant}" + tail,
                .access = Access::UseParticipant,
                .body = body,
                .handler = std::move(handler),
                .operation = std::move(operation)});
  };
  add("POST", "/session", BodyKind::Sdp,
      [&api](const Request& request, const Reply& reply) { post_session(api, request, reply); },
      {.id = "openSession",
       .summary = "Takes an offer, and answers it",
       .outcomes = {{201, "The answer; Link headers name the ICE servers.", "", "application/sdp"}},
       .problems = {404, 409},
       .query = std::string(R"({"properties": {)") + kEncryptedParameter + kHintsParameter + "}}"});
  add("GET", "/ice-servers", BodyKind::Nothing,
      at_once([&api](const Request& request) { return ice_servers(api, request); }),
      {.id = "getIceServers",
       .summary = "Makes TURN credentials for an offer",
       .outcomes = {
           {200, "STUN and TURN servers.", glib::shown_schema("", ice_servers_fields())}}});
  add("DELETE", "/session/{session}", BodyKind::Nothing,
      at_once([&api](const Request& request) { return delete_session(api, request); }),
      {.id = "closeSession",
       .summary = "Leaves the room",
       .outcomes = {{204, "The session has ended."}},
       .problems = {404}});
  add("PATCH", "/session/{session}", BodyKind::SdpFragment,
      [&api](const Request& request, const Reply& reply) { patch_ice(api, request, reply); },
      {.id = "patchSession",
       .summary = "Restarts ICE, or takes candidates (RFC 9725)",
       .outcomes = {{200, "The server's credentials and candidates after an ICE restart.", "",
                     "application/trickle-ice-sdpfrag"},
                    {204, "Candidates: the server does not need them."}},
       .problems = {404, 409, 422, 428},
       .is_tagged = true});
}

}  // namespace veche::http
