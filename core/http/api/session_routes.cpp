// SPDX-License-Identifier: Apache-2.0
// Routes of a participant's session, in the shape of WHIP (RFC 9725): one round trip, offer to
// answer.
#include "http/api/session_routes.hpp"

#include "base/ids.hpp"
#include "base/time.hpp"
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

void open(Api& api, const Request& request, const Reply& reply) {
  const std::string& name = request.param("participant");
  open_session(api, request,
               {.participant = name, .path = path_of(request.param("room"), name) + "/session"},
               reply);
}

Response close(Api& api, const Request& request) {
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  const Status closed =
      (*participant)->close_session(request.param("session"), room::EndReason::Left);
  return closed ? no_content() : problem(closed.error());
}

/// Of the participant alone, whether it is there or not: a client asks before it makes its offer.
Response ice_servers(const Api& api, const Request& request) {
  const std::string& name = request.param("participant");
  if (!is_valid_name(name)) return problem(400, "There can be no participant of this name.");
  glib::JsonWriter json;
  write_ice_servers(json.begin_object().key("ice_servers"),
                    ice_servers_for(api.ice_servers, name, unix_ms() / 1000));
  return json_response(200, json.end_object().text()).header("Cache-Control", "no-store");
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

void patch(Api& api, const Request& request, const Reply& reply) {
  const auto participant = find_participant(api, request);
  if (!participant) return reply(problem(participant.error()));
  patch_session(**participant, request.param("session"), request, reply);
}

}  // namespace

void open_session(Api& api, const Request& request, SessionOffer offer, const Reply& reply) {
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
      ->open_session(
          request.body,
          [reply, path = std::move(offer.path),
           ice_servers = std::move(ice_servers)](const Result<room::SessionAnswer>& answer) {
            reply(answered(answer, path, ice_servers));
          },
          {.client = offer.client, .has_room = is_new});
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
  const std::string sessions = "/v1/rooms/{room}/participants/{participant}/session";
  router.add({"POST", sessions, Access::UseParticipant, BodyKind::Sdp,
              [&api](const Request& request, const Reply& reply) { open(api, request, reply); }});
  router.add({"GET", "/v1/rooms/{room}/participants/{participant}/ice-servers",
              Access::UseParticipant, BodyKind::Nothing,
              at_once([&api](const Request& request) { return ice_servers(api, request); })});
  router.add({"DELETE", sessions + "/{session}", Access::UseParticipant, BodyKind::Nothing,
              at_once([&api](const Request& request) { return close(api, request); })});
  router.add({"PATCH", sessions + "/{session}", Access::UseParticipant, BodyKind::SdpFragment,
              [&api](const Request& request, const Reply& reply) { patch(api, request, reply); }});
}

}  // namespace veche::http
