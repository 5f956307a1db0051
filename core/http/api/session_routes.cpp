// SPDX-License-Identifier: Apache-2.0
// Routes of a participant's session, in the shape of WHIP (RFC 9725): one round trip, offer to
// answer.
#include "base/ids.hpp"
#include "base/time.hpp"
#include "http/api/api.hpp"
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

Response answered(const Result<room::SessionAnswer>& answer, const std::string& participant_path,
                  const std::vector<IceServerView>& ice_servers) {
  if (!answer) return problem(answer.error());
  Response response{.status = 201, .content_type = "application/sdp", .body = answer->sdp};
  response.header("Location", participant_path + "/session/" + answer->session);
  response.header("ETag", ice_tag(answer->session, 0).text());
  add_links(response, ice_servers);
  return response;
}

void open(Api& api, const Request& request, const Reply& reply) {
  const std::string& name = request.param("participant");
  const std::optional<JoinToken>& token = request.caller->token;
  const Result<room::Room*> room =
      api.rooms.find_or_create_room(request.param("room"), token && token->create_room);
  if (!room) return reply(problem(room.error()));
  const room::ParticipantSettings settings = token ? token->settings : room::ParticipantSettings{};
  const bool is_new = !(*room)->find(name);
  const auto participant = (*room)->join(name, settings);
  if (!participant) return reply(problem(participant.error()));
  // The answer may come after this server is gone, so the callback owns all that it needs.
  (*participant)
      ->open_session(request.body,
                     [reply, path = path_of(request.param("room"), name),
                      ice_servers = ice_servers_for(api.ice_servers, name, unix_ms() / 1000)](
                         const Result<room::SessionAnswer>& answer) {
                       reply(answered(answer, path, ice_servers));
                     },
                     is_new);
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

/// RFC 9725 section 4.3: an ICE restart, or candidates. Candidates change nothing: the server
/// learns what it needs from the client's connectivity checks.
void patch(Api& api, const Request& request, const Reply& reply) {
  const auto participant = find_participant(api, request);
  if (!participant) return reply(problem(participant.error()));
  const std::string& session = request.param("session");
  if ((*participant)->session_name() != session) {
    return reply(problem(404, "The participant has no such session; it ended or was replaced."));
  }
  const auto ice = sdp::parse_ice_fragment(request.body);
  if (!ice) return reply(problem(ice.error()));
  const EntityTag tag = ice_tag(session, (*participant)->ice_generation());
  if (request.conditions.if_match.empty()) {
    return reply(
        problem(428, "If-Match is missing: the ETag of the session, or * to restart ICE."));
  }
  if (!tag.matches(request.conditions.if_match)) {
    return reply(problem(412, "If-Match does not name the session's current ICE generation."));
  }
  const bool restarts = !ice->ufrag.empty() && ice->ufrag != (*participant)->ice_ufrag();
  if (!restarts) return reply(no_content());
  (*participant)->restart_ice(ice->ufrag, [reply, session](const Result<room::IceAnswer>& answer) {
    reply(restarted(answer, session));
  });
}

}  // namespace

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
